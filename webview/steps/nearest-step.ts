import type { TimelineStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';

/** The analyzed step whose time is nearest to `durationNs`, the first of those as near; null where there is none. */
export function nearestStep(
  steps: readonly TimelineStep[],
  durationNs: Nanoseconds,
): TimelineStep | null {
  let best: TimelineStep | null = null;
  let bestAway = Infinity;
  for (const step of steps) {
    const away = Math.abs(step.durationNs - durationNs);
    if (!step.isWarmup && away < bestAway) {
      best = step;
      bestAway = away;
    }
  }
  return best;
}
