import type { StepPart } from './baseline.ts';
import type { Layer, Phase } from './phase.ts';
import type { SourceLocation } from './source-candidate.ts';
import type { RecordedSource } from './trace.ts';
import type { Nanoseconds } from './units.ts';

export const REPORT_SCHEMA_VERSION = 1;

export type Severity = 'error' | 'warning' | 'info';
export type Confidence = 'high' | 'medium' | 'low';
export type HealthLevel = 'ok' | 'notable' | 'poor';

export type VerdictKind =
  | 'data-bound'
  | 'host-bound'
  | 'compute-bound'
  | 'communication-bound'
  | 'imbalanced'
  | 'balanced'
  | 'mixed'
  | 'hung'
  | 'inconclusive';

export type FindingPattern =
  | 'pipeline-stall'
  | 'resource-imbalance'
  | 'hidden-serialization'
  | 'tail-latency'
  | 'inefficiency'
  | 'regression'
  | 'measurement';

/** Why a device is idle. The index in this list is the value in `cause` columns. */
export const GAP_CAUSES = [
  'data',
  'host',
  'sync',
  'launch',
  'communication',
  'copy',
  'checkpoint',
  'profiler',
  'unexplained',
] as const;

export type GapCause = (typeof GAP_CAUSES)[number];

export interface Percentiles {
  readonly p50Ns: Nanoseconds;
  readonly p95Ns: Nanoseconds;
  readonly p99Ns: Nanoseconds;
}

export interface StepTime extends Percentiles {
  readonly meanNs: Nanoseconds;
  readonly count: number;
}

/** Shares of the analysed steps of one device; the four classes sum to 100. */
export interface Breakdown {
  readonly computePercent: number;
  readonly exposedCommunicationPercent: number;
  readonly exposedCopyPercent: number;
  readonly idlePercent: number;
  /** Shares of the step in percent; they sum to `idlePercent`. */
  readonly idleCauses: Readonly<Record<GapCause, number>>;
}

/** From the first to the last device event of the file, without step windows. */
export interface DeviceWindow {
  readonly spanNs: Nanoseconds;
  /** This and the next two: the union of the intervals of the class, whatever else runs at the same time. */
  readonly computeNs: Nanoseconds;
  readonly communicationNs: Nanoseconds;
  readonly copyNs: Nanoseconds;
  readonly communicationOverlappedNs: Nanoseconds;
  readonly idleNs: Nanoseconds;
}

export interface PhaseTime {
  readonly phase: Phase;
  readonly totalNs: Nanoseconds;
  readonly perStep: Percentiles;
  readonly sharePercent: number;
}

export interface RankReport {
  readonly rank: number;
  readonly device: { readonly name: string; readonly count: number } | null;
  readonly stepTime: StepTime | null;
  readonly breakdown: Breakdown | null;
  readonly deviceWindow: DeviceWindow | null;
  readonly phases: readonly PhaseTime[];
}

/** A span or a gap that a finding rests on; times count from the run's origin. */
export interface Evidence {
  readonly rank: number;
  readonly lane: string;
  readonly name: string;
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly step: number | null;
}

export interface Threshold {
  readonly name: string;
  readonly value: number;
  readonly measured: number;
}

export interface Advice {
  readonly text: string;
  readonly link?: string;
}

export interface Finding {
  readonly id: string;
  /** What is wrong, in one short sentence with its number. */
  readonly title: string;
  readonly pattern: FindingPattern;
  readonly layer: Layer;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly ranks: readonly number[];
  readonly steps: readonly number[];
  /** Of the mean step (the median, where longer), after findings of a more specific cause took theirs. */
  readonly savingPercent: number;
  readonly savingNsPerStep: Nanoseconds;
  readonly savingHow: string;
  /** Left out where the check claims no intervals. */
  readonly savingFrom?: SavingIntervals;
  /** If this alone were repaired; left out where the steps cannot be replayed, or not with this repair. */
  readonly whatIf?: FindingWhatIf;
  readonly threshold: Threshold;
  readonly evidence: readonly Evidence[];
  readonly location: SourceLocation | null;
  /** Enclosing annotations to look up in the code where `location` is null. */
  readonly annotations: readonly string[];
  readonly why: string;
  readonly advice: readonly Advice[];
}

/** Time that a saving comes from; counts from the run's origin. */
export interface SavingInterval {
  readonly rank: number;
  readonly startNs: Nanoseconds;
  readonly durationNs: Nanoseconds;
  readonly step: number | null;
}

export interface SavingIntervals {
  /** Over all ranks and steps; findings above may have taken a part of it. */
  readonly totalNs: Nanoseconds;
  readonly count: number;
  /** The longest first. */
  readonly longest: readonly SavingInterval[];
  /** How many more there are. */
  readonly leftOut: number;
}

/** A replay of the steps in which a finding is repaired, and nothing else. */
export interface FindingWhatIf {
  /** What a step would take, mean over the analysed steps. */
  readonly stepNs: Nanoseconds;
  /** The mean step over that. */
  readonly speedup: number;
  /** A sentence with both. */
  readonly text: string;
}

/** How well a replay with the dependencies between host, device and ranks gives the recorded steps. */
export interface ReplayCheck {
  /** Whether savings come from it: it gives the recorded steps to 3 %. Else each is the bound of its detector. */
  readonly isUsed: boolean;
  /** Why it is not used, as a sentence; null where it is. */
  readonly reason: string | null;
  /** How many steps were replayed, of the rank that has most. */
  readonly steps: number;
  /** Mean steps; null where nothing could be replayed. */
  readonly recordedNs: Nanoseconds | null;
  readonly replayedNs: Nanoseconds | null;
  /** How far a replayed step is from the recorded one, median over steps and ranks. */
  readonly errorPercent: number | null;
}

export interface HealthNote {
  readonly id: string;
  readonly text: string;
  readonly count: number;
}

export interface Health {
  readonly level: HealthLevel;
  readonly notes: readonly HealthNote[];
  readonly events: {
    readonly read: number;
    readonly kept: number;
    readonly repaired: number;
    readonly dropped: number;
    readonly clipped: number;
  };
  readonly missingRanks: readonly number[];
  /** Between the first and the last step of a rank, ascending. */
  readonly missingSteps: readonly number[];
  /** Spans that begin within another of their thread or stream and end after it. They are kept and drawn. */
  readonly overlaps: number;
  /** What the profiler did for itself. */
  readonly overhead: {
    /** Of the analysed steps, where the device was idle meanwhile. */
    readonly percent: number;
    readonly kinds: readonly {
      readonly name: string;
      readonly count: number;
      readonly totalNs: Nanoseconds;
    }[];
  };
  /** Warnings and errors that the profiler wrote into its files. */
  readonly messages: readonly {
    readonly file: string;
    readonly level: 'warning' | 'error';
    readonly text: string;
    readonly count: number;
  }[];
  /** What was not recorded, and what it would add, as sentences. */
  readonly absent: readonly string[];
  readonly clock: { readonly method: string; readonly uncertaintyNs: Nanoseconds | null };
  /** The first problems of each file, for a readable list. */
  readonly problems: readonly {
    readonly file: string;
    readonly byteOffset: number;
    readonly kind: string;
    readonly reason: string;
    readonly excerpt: string;
  }[];
}

/** What an instrumented or resolved line costs; for hints beside the code. */
export interface LineCost {
  readonly name: string;
  readonly phase: Phase;
  /** Null where only the annotation's name is known: look `name` up in the code. */
  readonly location: SourceLocation | null;
  readonly perStep: StepTime;
  /** Of the step time, median rank. */
  readonly sharePercent: number;
  readonly byRank: readonly {
    readonly rank: number;
    readonly p50Ns: Nanoseconds;
    readonly sharePercent: number;
  }[];
  /** In how many of the `perStep.count` steps it took any time. */
  readonly occursIn?: number;
  /** What tells the spans of a call from those of others in its function; absent where place and name do. */
  readonly call?: string;
  /** Over the analysed steps of all ranks. */
  readonly histogram?: Histogram;
  /** Null where the baseline has no such line, or several that cannot be told apart. */
  readonly baseline?: LineBaseline | null;
}

/** How often which time was measured, in equal bins. */
export interface Histogram {
  /** Where the first bin begins. */
  readonly fromNs: Nanoseconds;
  /** Where the last one ends, inclusive. */
  readonly toNs: Nanoseconds;
  readonly counts: readonly number[];
  /** How many are longer than `toNs`. */
  readonly above: number;
}

/** What the same line took in the baseline. */
export interface LineBaseline {
  readonly meanNs: Nanoseconds;
  readonly p50Ns: Nanoseconds;
  /** Of the medians, or of the means where a median is 0; negative where this run is faster. */
  readonly deltaPercent: number;
}

/**
 * How much stragglers slow steps down, from replays of the steps with other durations. A slowdown by
 * rank, stage, data rank or kind of operation is that of a step in which only their operations take
 * what they took, and all others what is typical of their kind (arXiv 2505.05713).
 */
export interface WhatIf {
  /** The mean step, replayed with the recorded durations, over that with typical ones. */
  readonly slowdown: number;
  /** The smaller of the slowdowns of its stage and of its data rank. */
  readonly byRank: Readonly<Record<string, number>>;
  readonly byStage: Readonly<Record<string, number>>;
  readonly byDataRank: Readonly<Record<string, number>>;
  readonly byKind: Readonly<Record<string, number>>;
  /**
   * The share of the slowdown that goes away if the worst 3 % of ranks are typical; can be above 1.
   * Null where there is next to no slowdown.
   */
  readonly mw: number | null;
  /** The same for the last stage. */
  readonly ms: number | null;
  /** Mean over steps, from the first start to the last end. */
  readonly recordedNs: Nanoseconds;
  /** Mean over steps, without what the host adds between operations. */
  readonly replayedNs: Nanoseconds;
  readonly idealNs: Nanoseconds;
  /** How many steps could be replayed. */
  readonly steps: number;
}

/** What a typical step spends in one part of it, in this run and in the baseline. */
export interface PartComparison {
  /** A phase; `idle` time of the device that is of none; what no span of the host names is `unnamed`. */
  readonly part: StepPart;
  readonly baselineNs: Nanoseconds;
  readonly runNs: Nanoseconds;
  readonly deltaNs: Nanoseconds;
}

/** This run beside an earlier one. */
export interface BaselineReport {
  readonly name: string;
  readonly files: readonly string[];
  /** Of the step; `same` also where a difference is within what steps vary by. */
  readonly standing: 'slower' | 'faster' | 'same' | 'too-few-steps' | 'no-steps';
  /** A sentence with the numbers. */
  readonly text: string;
  /** Whether median steps are compared, or, where only some steps differ, the means of stretches of steps. */
  readonly how: 'median' | 'pace' | null;
  /** The step of the baseline; null where one of them has no steps. */
  readonly stepNs: Nanoseconds | null;
  /** The step of this run less that of the baseline. */
  readonly deltaNs: Nanoseconds | null;
  readonly deltaPercent: number | null;
  /** How probable such a difference is between steps of one sort, 0 to 1. */
  readonly pValue: number | null;
  /** They sum to `deltaNs`; what grew most comes first. */
  readonly parts: readonly PartComparison[];
  /** What is not the same in both runs, such as `batch_size 32 instead of 64`. */
  readonly differences: readonly string[];
}

/** What the command line prints as JSON and every surface renders; `DESIGN.md` fixes the names. */
export interface Report {
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly run: {
    readonly name: string;
    readonly files: readonly string[];
    readonly formats: readonly string[];
    readonly ranks: readonly number[];
    readonly worldSize: number | null;
    /** Which text of each script ran; absent where the recorder did not tell. */
    readonly sources?: readonly RecordedSource[];
    readonly steps: {
      readonly total: number;
      readonly analyzed: number;
      readonly warmup: number;
      readonly first: number | null;
      readonly last: number | null;
      /** How the steps were found: `profiler`, `recorded`, `period` or `whole`. */
      readonly how: string;
    };
  };
  readonly health: Health;
  readonly stepTime: StepTime | null;
  readonly verdict: {
    readonly kind: VerdictKind;
    readonly text: string;
    readonly sharePercent: number;
  };
  readonly layers: {
    readonly dataPercent: number;
    readonly computePercent: number;
    readonly orchestrationPercent: number;
  } | null;
  readonly ranks: readonly RankReport[];
  /** Null where the trace has no operations of a pipeline, or their dependencies cannot be told. */
  readonly whatIf: WhatIf | null;
  readonly replay?: ReplayCheck;
  /** Null where no run was named to compare with, or none could be read. */
  readonly baseline?: BaselineReport | null;
  readonly findings: readonly Finding[];
  readonly lines: readonly LineCost[];
  /** Of each phase where no line has a place: for the lines of a recognized loop; `name` is the phase. */
  readonly phaseCosts?: readonly LineCost[];
  /** How each number is computed, in words; keys are paths in the report, `*` is any key or index. */
  readonly formulas?: Readonly<Record<string, string>>;
  readonly failures: readonly { readonly detector: string; readonly message: string }[];
}
