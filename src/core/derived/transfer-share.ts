import type { CollectiveMatch } from './match-collectives.ts';

/**
 * Of the time that ranks spend in collectives, the part that even the last to come needs, 0 to 1; the rest is
 * waiting. Null where it cannot be told, because ranks are missing or share no collective.
 */
export function computeTransferShare(
  matches: readonly CollectiveMatch[],
  rankCount: number,
  worldSize: number,
): number | null {
  if (rankCount < Math.max(2, worldSize) || matches.length === 0) {
    return null;
  }
  let transfer = 0;
  let total = 0;
  for (const { start, end } of matches) {
    const durations = end
      .map((time, rank) => time - start[rank])
      .filter((time) => !Number.isNaN(time));
    transfer += Math.min(...durations) * durations.length;
    total += durations.reduce((sum, duration) => sum + duration, 0);
  }
  return total === 0 ? null : transfer / total;
}
