import { type RankClock, toRunTime } from '../model/rank-clock.ts';
import { type Intervals, IntervalsBuilder } from '../derived/intervals.ts';
import type { DerivedRank, RunDerived } from '../derived/run-derived.ts';
import {
  type Confidence,
  type Evidence,
  type Finding,
  GAP_CAUSES,
  type Severity,
  type Threshold,
} from '../model/report.ts';
import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Gaps, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import type { Repair } from '../derived/replay/repair.ts';
import { stepAt } from '../derived/step-windows.ts';
import { excessBeyond } from '../derived/time-budget.ts';

/** A finding as its detector sees it, before others take their part of the saving. */
export interface FindingDraft extends Omit<
  Finding,
  'id' | 'savingPercent' | 'savingNsPerStep' | 'whatIf'
> {
  /** What a fix gives back if nothing else is fixed. */
  readonly savingNsPerStep: Nanoseconds;
  /** By row of the run's ranks, in rank time: the time that the saving comes from. No finding counts it twice. */
  readonly claims: readonly Intervals[];
  /** What a fix changes, for a replay of the steps; without, what is left of `claims` bounds the saving. */
  readonly repair?: Repair;
  /**
   * -1 is named by the training code itself, or was not there in the beginning; 0 names a cause; 1 explains another
   * finding, or tells when or where it happens; 2 speaks of what is left; 3 says only that steps differ.
   * The more specific take their part of the saving first. By default 1 with `reassess`, else 0.
   */
  readonly generality?: Generality;
  /**
   * For findings about what others leave, or that explain another: they take their part after all others.
   * Judges the saving that remains, in percent of the step, knowing what those above claimed, by row of the run's
   * ranks; null withdraws the finding.
   */
  readonly reassess?: (
    remainingPercent: number,
    taken: readonly (Intervals | undefined)[],
  ) => Partial<Finding> | null;
}

export type Generality = -1 | 0 | 1 | 2 | 3;

/** A few dozen spans convince; more only cost. */
export const MAX_EVIDENCE = 24;

/** With fewer analysed steps nothing is more than a note. */
export const MIN_STEPS_TO_WARN = 2;
/** With fewer analysed steps nothing is sure. */
export const MIN_STEPS_TO_BE_SURE = 20;

/** Findings above that took more than this share of a saving explain it better. */
const EXPLAINED = 0.5;

/** Whether slow steps, without what findings above took, are hardly slow any more. */
export function isTailExplained(
  taken: Intervals | undefined,
  steps: Steps,
  { slow, typical, excessNs }: SlowSteps,
): boolean {
  return taken !== undefined && excessBeyond(taken, steps, slow, typical) < EXPLAINED * excessNs;
}

/** Rows of slow steps and of others, and what the slow ones take beyond, in all. */
export interface SlowSteps {
  readonly slow: readonly number[];
  readonly typical: readonly number[];
  readonly excessNs: Nanoseconds;
}

export function isExplainedByOthers(
  remainingPercent: number,
  savingNsPerStep: Nanoseconds,
  medianStepNs: Nanoseconds,
): boolean {
  return remainingPercent < (EXPLAINED * 100 * savingNsPerStep) / medianStepNs;
}

/** From the highest threshold passed; null below all. A single step can only inform. */
export function severityOf(
  percent: number,
  thresholds: Thresholds,
  stepCount: number,
): Severity | null {
  if (!(percent >= thresholds.info)) {
    return null;
  }
  if (stepCount < MIN_STEPS_TO_WARN || percent < thresholds.warning) {
    return 'info';
  }
  return percent >= thresholds.error ? 'error' : 'warning';
}

export interface Thresholds {
  readonly info: number;
  readonly warning: number;
  readonly error: number;
}

/** The highest threshold that a share of the step has passed. */
export function passedThreshold(percent: number, thresholds: Thresholds): Threshold {
  const name =
    percent >= thresholds.error ? 'error' : percent >= thresholds.warning ? 'warning' : 'info';
  return { name: `${name}Percent`, value: thresholds[name], measured: percent };
}

export function confidenceOf(stepCount: number): Confidence {
  return stepCount >= MIN_STEPS_TO_BE_SURE
    ? 'high'
    : stepCount >= MIN_STEPS_TO_WARN
      ? 'medium'
      : 'low';
}

/** A span as evidence; times in run time. */
export function spanEvidence(
  { rank, trace, steps, clock }: EvidenceSource,
  span: SpanIndex,
): Evidence {
  const start = trace.spans.start[span];
  const step = stepAt(steps, start);
  return {
    rank,
    lane: trace.lanes[trace.spans.lane[span]]?.name ?? '',
    name: trace.strings[trace.spans.name[span]] ?? '',
    startNs: toRunTime(clock, start),
    durationNs: trace.spans.duration[span],
    step: step < 0 ? null : steps.number[step],
  };
}

/** A gap of the device as evidence; times in run time. */
export function gapEvidence(
  { rank, steps, clock }: EvidenceSource,
  gaps: Gaps,
  row: number,
): Evidence {
  return {
    rank,
    lane: 'device',
    name: `idle: ${GAP_CAUSES[gaps.cause[row]]}`,
    startNs: toRunTime(clock, gaps.start[row]),
    durationNs: gaps.end[row] - gaps.start[row],
    step: steps.number[gaps.step[row]],
  };
}

/** The time of some gaps, given in any order. */
export function gapIntervals(gaps: Gaps, rows: readonly number[]): Intervals {
  const builder = new IntervalsBuilder();
  for (const row of [...rows].sort((a, b) => a - b)) {
    builder.add(gaps.start[row], gaps.end[row]);
  }
  return builder.finish();
}

/** A whole step as evidence; times in run time. */
export function stepEvidence({ rank, steps, clock }: EvidenceSource, row: number): Evidence {
  return {
    rank,
    lane: 'steps',
    name: `step ${steps.number[row]}`,
    startNs: toRunTime(clock, steps.start[row]),
    durationNs: steps.end[row] - steps.start[row],
    step: steps.number[row],
  };
}

export interface EvidenceSource {
  readonly rank: number;
  readonly trace: Trace;
  readonly steps: Steps;
  readonly clock: RankClock;
}

/** Where the evidence of a rank lies. */
export function evidenceSourceOf(
  {
    rank,
    trace,
    row,
    tables: { steps },
  }: Pick<DerivedRank, 'rank' | 'trace' | 'row'> & {
    readonly tables: Pick<DerivedRank['tables'], 'steps'>;
  },
  { alignment }: Pick<RunDerived, 'alignment'>,
): EvidenceSource {
  return { rank, trace, steps, clock: alignment.clocks[row] };
}

/** The place of a finding: the best location, else names to look up. */
export function placeOf({
  locations,
  annotations,
}: SourceCandidates): Pick<Finding, 'location' | 'annotations'> {
  return { location: locations[0] ?? null, annotations };
}
