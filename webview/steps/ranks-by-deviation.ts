import { median } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';

/** How a rank stands to the others. */
export interface RankDeviation {
  readonly rank: number;
  /** Mean over its analysed steps of its time less the median of all ranks in that step; above 0 is slower. */
  readonly meanNs: number;
  /** The same by those medians. */
  readonly percent: number;
}

/**
 * All ranks, the slowest against the others first, those alike by number. The warm-up is left out; a step
 * that one rank alone has is held against the median of all steps.
 */
export function ranksByDeviation(steps: readonly TimelineStep[]): readonly RankDeviation[] {
  const timesByStep = new Map<number, number[]>();
  const all: number[] = [];
  for (const { step, durationNs, isWarmup } of steps) {
    if (!isWarmup) {
      const times = timesByStep.get(step);
      if (times === undefined) {
        timesByStep.set(step, [durationNs]);
      } else {
        times.push(durationNs);
      }
      all.push(durationNs);
    }
  }
  const ofAll = median(all) ?? 0;
  const usual = new Map(
    [...timesByStep].map(([step, times]) => [
      step,
      times.length > 1 ? (median(times) ?? 0) : ofAll,
    ]),
  );
  const sums = new Map<number, { count: number; awayNs: number; usualNs: number }>();
  for (const { rank, step, durationNs, isWarmup } of steps) {
    const sum = sums.get(rank) ?? { count: 0, awayNs: 0, usualNs: 0 };
    sums.set(rank, sum);
    if (!isWarmup) {
      const usualNs = usual.get(step) ?? 0;
      sum.count++;
      sum.awayNs += durationNs - usualNs;
      sum.usualNs += usualNs;
    }
  }
  return [...sums]
    .map(([rank, { count, awayNs, usualNs }]) => ({
      rank,
      meanNs: awayNs / Math.max(1, count),
      percent: usualNs === 0 ? 0 : (100 * awayNs) / usualNs,
    }))
    .sort((a, b) => b.meanNs - a.meanNs || a.rank - b.rank);
}
