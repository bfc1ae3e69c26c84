import { firstWhere } from '../../base/first-where.ts';
import type { Steps } from '../model/tables.ts';
import type { Nanoseconds } from '../model/units.ts';

/** The row of the step in which a moment lies; -1 is none. Rank time. */
export function stepAt(steps: Steps, time: Nanoseconds): number {
  const row = firstWhere(0, steps.length, (i) => steps.end[i] > time);
  return row < steps.length && steps.start[row] <= time ? row : -1;
}
