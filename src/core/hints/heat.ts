/** From barely worth a look to most of the step. */
export type HeatLevel = 1 | 2 | 3 | 4;

export const HEAT_LEVELS: readonly HeatLevel[] = [1, 2, 3, 4];

/** Shares of the step at which the next level begins. */
const LEVEL_PERCENT = [10, 25, 50] as const;

/** How hot a line is that takes this share of the step; null below the threshold. */
export function heatOf(sharePercent: number, minimumPercent: number): HeatLevel | null {
  if (!(sharePercent > 0) || sharePercent < minimumPercent) {
    return null;
  }
  const passed = LEVEL_PERCENT.filter((percent) => sharePercent >= percent).length;
  return HEAT_LEVELS[passed] ?? null;
}
