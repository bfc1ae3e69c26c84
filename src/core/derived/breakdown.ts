import { type Breakdown, GAP_CAUSES, type GapCause } from '../model/report.ts';
import type { DeviceBusy, Gaps, Steps } from '../model/tables.ts';
import { countUpTo } from './intervals.ts';
import { analyzedSteps } from './step-windows.ts';

/** Shares of the analysed steps; null where the rank has no device or no step. They sum to 100. */
export function computeBreakdown(busy: DeviceBusy, gaps: Gaps, steps: Steps): Breakdown | null {
  const rows = analyzedSteps(steps);
  if (busy.length === 0 || rows.length === 0) {
    return null;
  }
  const classes = [0, 0, 0];
  let total = 0;
  for (const step of rows) {
    const start = steps.start[step];
    const end = steps.end[step];
    total += end - start;
    for (let i = Math.max(0, countUpTo(busy.start, start) - 1); i < busy.length; i++) {
      if (busy.start[i] >= end) {
        break;
      }
      const shared = Math.min(end, busy.end[i]) - Math.max(start, busy.start[i]);
      classes[busy.kind[i]] = classes[busy.kind[i]] + Math.max(0, shared);
    }
  }
  const causes = GAP_CAUSES.map(() => 0);
  for (let i = 0; i < gaps.length; i++) {
    if (steps.isWarmup[gaps.step[i]] === 0) {
      const cause = gaps.cause[i];
      causes[cause] = causes[cause] + gaps.end[i] - gaps.start[i];
    }
  }
  const percent = (time: number | undefined): number => (100 * (time ?? 0)) / total;
  const idleCauses = Object.fromEntries(GAP_CAUSES.map((cause, i) => [cause, percent(causes[i])]));
  return {
    computePercent: percent(classes[0]),
    exposedCommunicationPercent: percent(classes[1]),
    exposedCopyPercent: percent(classes[2]),
    idlePercent: percent(causes.reduce((sum, time) => sum + time, 0)),
    idleCauses: idleCauses as Record<GapCause, number>,
  };
}
