import type { ExplainedStep, StepSlice } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';

/** A part of a step that takes longer than in another. */
export interface LongerSlice extends Omit<StepSlice, 'durationNs'> {
  /** By how much. */
  readonly moreNs: Nanoseconds;
}

/** A part that makes less than this of the difference does not explain it. */
const MIN_SHARE = 0.2;
const MAX_SLICES = 2;

/** What makes one step longer than another, the most first; empty where the two were not measured alike. */
export function longerSlices(usual: ExplainedStep, slow: ExplainedStep): readonly LongerSlice[] {
  if ((usual.device.length === 0) !== (slow.device.length === 0)) {
    return [];
  }
  const usualNs = ({ phase, cause }: StepSlice) =>
    usual.slices.find((slice) => slice.phase === phase && slice.cause === cause)?.durationNs ?? 0;
  const differenceNs = slow.durationNs - usual.durationNs;
  return slow.slices
    .map((slice) => ({
      phase: slice.phase,
      cause: slice.cause,
      moreNs: slice.durationNs - usualNs(slice),
    }))
    .filter(({ moreNs }) => moreNs > 0 && moreNs >= MIN_SHARE * differenceNs)
    .sort((a, b) => b.moreNs - a.moreNs)
    .slice(0, MAX_SLICES);
}
