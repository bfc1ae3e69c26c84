import { mapInto } from '../../base/map-into.ts';
import type { Steps } from '../model/tables.ts';
import {
  countUpTo,
  Coverage,
  intersectionOf,
  type Intervals,
  IntervalsBuilder,
} from './intervals.ts';

/** Rows of the steps that are not warm-up. */
export function analyzedSteps(steps: Steps): number[] {
  return [...steps.isWarmup.keys()].filter((step) => steps.isWarmup[step] === 0);
}

export function stepDurations(steps: Steps, rows: readonly number[]): Float64Array<ArrayBuffer> {
  return mapInto(
    new Float64Array(rows.length),
    rows,
    (step) => steps.end[step] - steps.start[step],
  );
}

/** The windows of the analysed steps. */
export function analyzedWindows(steps: Steps): Intervals {
  const builder = new IntervalsBuilder();
  for (const step of analyzedSteps(steps)) {
    builder.add(steps.start[step], steps.end[step]);
  }
  return builder.finish();
}

/** The parts of intervals inside any step. */
export function clipToSteps(intervals: Intervals, steps: Steps): Intervals {
  return intersectionOf(intervals, { length: steps.length, start: steps.start, end: steps.end });
}

/** The row of the last step that has begun at a time; -1 is none. */
export function stepBefore(steps: Steps, time: number): number {
  return countUpTo(steps.start, time) - 1;
}

/** The row of the step around a time; -1 is none. */
export function stepAt(steps: Steps, time: number): number {
  const step = stepBefore(steps, time);
  return step >= 0 && time < steps.end[step] ? step : -1;
}

/** By row given: how much of the step intervals cover. */
export function timePerStep(
  intervals: Intervals,
  steps: Steps,
  rows: readonly number[],
): Float64Array<ArrayBuffer> {
  const coverage = new Coverage(intervals);
  return mapInto(new Float64Array(rows.length), rows, (step) =>
    coverage.within(steps.start[step], steps.end[step]),
  );
}
