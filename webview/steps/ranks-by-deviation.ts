import { median, rollup } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';

/** How a rank stands to the others. */
export interface RankDeviation {
  readonly rank: number;
  /** Mean over its analyzed steps of its time less the median of all ranks in that step; above 0 is slower. */
  readonly meanNs: number;
  /** The same by those medians. */
  readonly percent: number;
}

/**
 * All ranks, the slowest against the others first, those alike by number. The warm-up is left out; a step
 * that one rank alone has is held against the median of all steps. Ranks that wait for each other take the
 * same time, whoever is late: `waitPercents` tells of a rank what share of its steps it waits, which then
 * does not count.
 */
export function ranksByDeviation(
  steps: readonly TimelineStep[],
  waitPercents: ReadonlyMap<number, number> = new Map(),
): readonly RankDeviation[] {
  const ownNs = ({ rank, durationNs }: TimelineStep) =>
    durationNs * (1 - (waitPercents.get(rank) ?? 0) / 100);
  const usualNs = usualTimes(steps, ownNs);
  const sums = new Map<number, { count: number; awayNs: number; usualNs: number }>();
  for (const step of steps) {
    const sum = sums.get(step.rank) ?? { count: 0, awayNs: 0, usualNs: 0 };
    sums.set(step.rank, sum);
    if (!step.isWarmup) {
      const usual = usualNs(step.step);
      sum.count++;
      sum.awayNs += ownNs(step) - usual;
      sum.usualNs += usual;
    }
  }
  return [...sums]
    .map(([rank, { count, awayNs, usualNs: ofUsual }]) => ({
      rank,
      meanNs: awayNs / Math.max(1, count),
      percent: ofUsual === 0 ? 0 : (100 * awayNs) / ofUsual,
    }))
    .sort((a, b) => b.meanNs - a.meanNs || a.rank - b.rank);
}

/** By the number of a step: the median of the ranks in it. */
function usualTimes(
  steps: readonly TimelineStep[],
  ownNs: (step: TimelineStep) => number,
): (step: number) => number {
  const analyzed = steps.filter(({ isWarmup }) => !isWarmup);
  const ofAll = median(analyzed, ownNs) ?? 0;
  const usual = rollup(
    analyzed,
    (times) => (times.length > 1 ? (median(times, ownNs) ?? 0) : ofAll),
    ({ step }) => step,
  );
  return (step) => usual.get(step) ?? 0;
}
