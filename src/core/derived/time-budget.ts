import type { Steps } from '../model/tables.ts';
import {
  countUpTo,
  Coverage,
  type Intervals,
  intersectionOf,
  IntervalsBuilder,
  uniteIntervals,
  unionOf,
} from './intervals.ts';
import { median } from './statistics.ts';

/** Of each step given, the first `limitNs` of the intervals in it, which may depend on the row of the step. */
export function firstOfEachStep(
  intervals: Intervals,
  steps: Steps,
  rows: readonly number[],
  limitNs: number | ((row: number) => number),
): Intervals {
  const builder = new IntervalsBuilder();
  let i = 0;
  for (const step of rows) {
    const from = steps.start[step];
    const until = steps.end[step];
    let left = typeof limitNs === 'number' ? limitNs : limitNs(step);
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

/** Of a rank's waits, those that overlap what holds another rank up; `shiftNs` is added to the time of the latter. */
export function waitsMeanwhile(waits: Intervals, holdUp: Intervals, shiftNs: number): Intervals {
  const builder = new IntervalsBuilder();
  let k = 0;
  for (let i = 0; i < waits.length; i++) {
    while (k < holdUp.length && holdUp.end[k] + shiftNs <= waits.start[i]) {
      k++;
    }
    if (k < holdUp.length && holdUp.start[k] + shiftNs < waits.end[i]) {
      builder.add(waits.start[i], waits.end[i]);
    }
  }
  return builder.finish();
}

/**
 * What holds a rank up makes it as much later at its next meeting with the others: the stretches of that length
 * before the meetings. `meetings` ascend.
 */
export function delaysOf(holdUp: Intervals, meetings: ArrayLike<number>): Intervals {
  const delays = new Map<number, number>();
  for (let i = 0; i < holdUp.length; i++) {
    const next = countUpTo(meetings, holdUp.end[i]);
    delays.set(next, (delays.get(next) ?? 0) + holdUp.end[i] - holdUp.start[i]);
  }
  const rows = [...delays.keys()].filter((row) => row < meetings.length);
  return uniteIntervals(
    rows.map((row) => meetings[row] - (delays.get(row) ?? 0)),
    rows.map((row) => meetings[row]),
  );
}

/**
 * What each rank holds itself up, and what others wait meanwhile, by row of ranks in rank time. `offsets` are added
 * to rank time to get run time.
 */
export function withWaitsOfOthers(
  own: readonly Intervals[],
  waiting: readonly Intervals[],
  offsets: readonly number[],
): Intervals[] {
  const starts = own.flatMap(({ start }, row) => Array.from(start, (time) => time + offsets[row]));
  const ends = own.flatMap(({ end }, row) => Array.from(end, (time) => time + offsets[row]));
  const holdUp = uniteIntervals(starts, ends);
  return own.map((intervals, row) =>
    unionOf(intervals, waitsMeanwhile(waiting[row], holdUp, -offsets[row])),
  );
}

/** What slow steps still take beyond typical ones, in all, without the time that is taken. */
export function excessBeyond(
  taken: Intervals,
  steps: Steps,
  slow: readonly number[],
  typical: readonly number[],
): number {
  const coverage = new Coverage(taken);
  const left = (row: number): number =>
    steps.end[row] - steps.start[row] - coverage.within(steps.start[row], steps.end[row]);
  const usual = typical.length === 0 ? 0 : median(typical.map(left));
  return slow.reduce((sum, row) => sum + Math.max(0, left(row) - usual), 0);
}
