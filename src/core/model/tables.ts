import type { CollectiveMatch } from './collective-match.ts';
import type { RankClock } from './rank-clock.ts';
import type { Report } from './report.ts';
import type { Run } from './run.ts';
import type { SourceCandidates } from './source-candidate.ts';
import type { Nanoseconds, SpanIndex } from './units.ts';

/** The classes of busy device time, in the order in which they win where they overlap. */
export const DEVICE_CLASSES = ['compute', 'communication', 'copy'] as const;

export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** How the spans of each lane stand in each other. */
export interface Nesting {
  /** Row of each span within its lane, from 0; overlapping spans that do not nest get rows of their own. */
  readonly depth: Uint16Array<ArrayBuffer>;
  /** The span that encloses it on its lane; -1 is none. */
  readonly parent: Int32Array<ArrayBuffer>;
  /** By lane: rows needed. */
  readonly depthCount: Uint16Array<ArrayBuffer>;
}

/** The steps of one rank in time order; `end` of one is at most `start` of the next. Rank time. */
export interface Steps {
  readonly length: number;
  readonly number: Int32Array<ArrayBuffer>;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  readonly isWarmup: Uint8Array<ArrayBuffer>;
  /** How they were found. */
  readonly how: 'profiler' | 'recorded' | 'period' | 'whole';
  /** Whether the host runs ahead, and steps last to the end of their work on the device. */
  readonly followDevice?: boolean;
}

/** Disjoint intervals in which a device works, in time order, each of one class. Rank time. */
export interface DeviceBusy {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Index into `DEVICE_CLASSES`. */
  readonly kind: Uint8Array<ArrayBuffer>;
}

/** Disjoint intervals in time order, each of one phase; what has none is left out. Rank time. */
export interface PhaseIntervals {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Index into `PHASES`. */
  readonly phase: Uint8Array<ArrayBuffer>;
}

/** Idle intervals of the device inside steps, clipped to the step, in time order. Rank time. */
export interface Gaps {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Row of the rank's steps. */
  readonly step: Int32Array<ArrayBuffer>;
  /** Index into `GAP_CAUSES`. */
  readonly cause: Uint8Array<ArrayBuffer>;
  /** Share of the gap that the cause's spans cover, 0 to 1. */
  readonly coverage: Float64Array<ArrayBuffer>;
  /** The span that is to blame (a loader wait, a sync call, …); -1 is none. */
  readonly culprit: Int32Array<ArrayBuffer>;
  /** The device spans before and after; -1 is none. */
  readonly before: Int32Array<ArrayBuffer>;
  readonly after: Int32Array<ArrayBuffer>;
}

/** The derived tables of one rank, each computed once, on first use. */
export interface RankTables {
  readonly rank: number;
  readonly clock: RankClock;
  readonly nesting: Nesting;
  /** By span: index into `PHASES`; 0 where it says nothing of its own. */
  readonly phases: Uint8Array<ArrayBuffer>;
  /** By span: its own phase, else that of the innermost enclosing span that has one; 0 is none. */
  readonly inheritedPhases: Uint8Array<ArrayBuffer>;
  /**
   * What the thread of the training loop does; instants in which the autograd thread works for it are `backward`, and
   * without a device those in which it waits for collectives `communication`.
   */
  readonly hostPhases: PhaseIntervals;
  /** What the device works on; empty where the trace has none. */
  readonly devicePhases: PhaseIntervals;
  readonly steps: Steps;
  /** Empty where the trace has no device. */
  readonly busy: DeviceBusy;
  readonly gaps: Gaps;
  /** By span: the host span that launched it, or the device span that it launched; -1 is none. */
  readonly partner: Int32Array<ArrayBuffer>;
  /** The lane whose thread runs the training loop; -1 where there is none. */
  readonly mainLane: number;
  sourceOf(span: SpanIndex): SourceCandidates;
}

/** A run analysed: the report and the tables that it rests on. */
export interface Analysis {
  readonly run: Run;
  readonly report: Report;
  /** In the order of `run.ranks`. */
  readonly ranks: readonly RankTables[];
  /** Collectives of at least two ranks, by their first start. */
  readonly matches: readonly CollectiveMatch[];
  /** Whether times of different ranks may be compared. */
  readonly isComparable: boolean;
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}
