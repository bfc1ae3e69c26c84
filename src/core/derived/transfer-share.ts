import type { CollectiveMatch } from '../model/collective-match.ts';
import { median } from './statistics.ts';

/**
 * Of the time that ranks spend in collectives, the part that even the last to come needs, 0 to 1; the rest is
 * waiting. The median over steps: in rare ones all may wait long for a checkpoint. Null where it cannot be told, because ranks are missing or share no collective.
 */
export function computeTransferShare(
  matches: readonly CollectiveMatch[],
  rankCount: number,
  worldSize: number,
): number | null {
  if (rankCount < Math.max(2, worldSize) || matches.length === 0) {
    return null;
  }
  const byStep = new Map<number | null, { transfer: number; total: number }>();
  for (const { start, end, step } of matches) {
    const durations = end
      .map((time, rank) => time - start[rank])
      .filter((time) => !Number.isNaN(time));
    const times = byStep.get(step) ?? { transfer: 0, total: 0 };
    times.transfer += Math.min(...durations) * durations.length;
    times.total += durations.reduce((sum, duration) => sum + duration, 0);
    byStep.set(step, times);
  }
  const known = [...byStep.values()].filter(({ total }) => total > 0);
  return known.length === 0 ? null : median(known.map(({ transfer, total }) => transfer / total));
}
