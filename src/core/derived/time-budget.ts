import type { Steps } from '../model/tables.ts';
import { type Intervals, intersectionOf, IntervalsBuilder } from './intervals.ts';

/** Of each step given, the first `limitNs` of the intervals in it. */
export function firstOfEachStep(
  intervals: Intervals,
  steps: Steps,
  rows: readonly number[],
  limitNs: number,
): Intervals {
  const builder = new IntervalsBuilder();
  let i = 0;
  for (const step of rows) {
    const from = steps.start[step];
    const until = steps.end[step];
    let left = limitNs;
    while (i < intervals.length && intervals.end[i] <= from) {
      i++;
    }
    for (let k = i; k < intervals.length && intervals.start[k] < until && left > 0; k++) {
      const start = Math.max(from, intervals.start[k]);
      const end = Math.min(until, intervals.end[k], start + left);
      builder.add(start, end);
      left -= end - start;
    }
  }
  return builder.finish();
}

/** The parts of intervals inside the steps given. */
export function inSteps(intervals: Intervals, steps: Steps, rows: readonly number[]): Intervals {
  const windows = new IntervalsBuilder();
  for (const step of rows) {
    windows.add(steps.start[step], steps.end[step]);
  }
  return intersectionOf(intervals, windows.finish());
}

/** Of each step given, what lies beyond its first `typicalNs`. Rows ascend. */
export function restOfEachStep(
  steps: Steps,
  rows: readonly number[],
  typicalNs: (row: number) => number,
): Intervals {
  const builder = new IntervalsBuilder();
  for (const row of rows) {
    builder.add(steps.start[row] + typicalNs(row), steps.end[row]);
  }
  return builder.finish();
}
