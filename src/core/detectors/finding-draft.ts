import type { Intervals } from '../derived/intervals.ts';
import type { Evidence, Finding, Severity, Confidence } from '../model/report.ts';
import type { SourceCandidates } from '../model/source-candidate.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import { stepAt } from '../derived/step-windows.ts';

/** A finding as its detector sees it, before others take their part of the saving. */
export interface FindingDraft extends Omit<Finding, 'id' | 'savingPercent' | 'savingNsPerStep'> {
  /** What a fix gives back if nothing else is fixed. */
  readonly savingNsPerStep: Nanoseconds;
  /** By row of the run's ranks, in rank time: the time that the saving comes from. No finding counts it twice. */
  readonly claims: readonly Intervals[];
  /**
   * For findings about what others leave: judges the saving that remains, in percent of the step.
   * Null withdraws the finding.
   */
  readonly reassess?: (remainingPercent: number) => Partial<Finding> | null;
}

/** A few dozen spans convince; more only cost. */
export const MAX_EVIDENCE = 24;

/** With fewer analysed steps nothing is more than a note. */
export const MIN_STEPS_TO_WARN = 2;
/** With fewer analysed steps nothing is sure. */
export const MIN_STEPS_TO_BE_SURE = 20;

/** From the highest threshold passed; null below all. A single step can only inform. */
export function severityOf(
  percent: number,
  thresholds: { readonly info: number; readonly warning: number; readonly error: number },
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

export function confidenceOf(stepCount: number): Confidence {
  return stepCount >= MIN_STEPS_TO_BE_SURE
    ? 'high'
    : stepCount >= MIN_STEPS_TO_WARN
      ? 'medium'
      : 'low';
}

/** A span as evidence; times in run time. */
export function spanEvidence(
  { rank, trace, steps, offsetNs }: EvidenceSource,
  span: SpanIndex,
): Evidence {
  const start = trace.spans.start[span] as number;
  const step = stepAt(steps, start);
  return {
    rank,
    lane: trace.lanes[trace.spans.lane[span] as number]?.name ?? '',
    name: trace.strings[trace.spans.name[span] as number] ?? '',
    startNs: start + offsetNs,
    durationNs: trace.spans.duration[span] as number,
    step: step < 0 ? null : (steps.number[step] as number),
  };
}

export interface EvidenceSource {
  readonly rank: number;
  readonly trace: Trace;
  readonly steps: Steps;
  readonly offsetNs: Nanoseconds;
}

/** The place of a finding: the best location, else names to look up. */
export function placeOf({
  locations,
  annotations,
}: SourceCandidates): Pick<Finding, 'location' | 'annotations'> {
  return { location: locations[0] ?? null, annotations };
}
