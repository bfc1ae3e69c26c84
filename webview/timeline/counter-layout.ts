import { firstWhere } from '../../src/base/first-where.ts';
import type { CounterPoints, TimelineCounter } from '../../src/core/model/counter.ts';
import type { WindowRequest } from '../../src/core/model/timeline.ts';
import type { TimeRange } from '../time-range.ts';

/** Values as they came, with the question that they answer. */
export interface CounterData {
  readonly request: WindowRequest;
  readonly points: CounterPoints;
}

/** A line in steps: each value stands until the next. CSS pixels; heights count from the top of the track. */
export interface CounterLine {
  readonly x: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly last: Float64Array;
  /** Where the last value that is known ends. */
  readonly endX: number;
}

/** The points of a row that meet a range, with the one before it. */
export function pointsBetween(
  { points: { row, time, length } }: CounterData,
  of: number,
  { startNs, endNs }: TimeRange,
): { readonly first: number; readonly end: number } {
  const from = firstWhere(0, length, (i) => row[i] >= of);
  const to = firstWhere(from, length, (i) => row[i] > of);
  const after = firstWhere(from, to, (i) => time[i] > startNs);
  const end = firstWhere(after, to, (i) => time[i] > endNs);
  return { first: Math.max(from, after - 1), end };
}

/** Where a value is in a track of a height; 0 is always in the picture, so that heights can be compared. */
export function heightOf(
  value: number,
  { min, max }: Pick<TimelineCounter, 'min' | 'max'>,
  height: number,
): number {
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  return high === low ? height : height - ((value - low) / (high - low)) * height;
}

export function layOutCounter(
  data: CounterData,
  row: number,
  counter: Pick<TimelineCounter, 'min' | 'max'>,
  view: { readonly range: TimeRange; readonly width: number; readonly height: number },
): CounterLine {
  const { range, width, height } = view;
  const { points, request } = data;
  const { first, end } = pointsBetween(data, row, range);
  const xOf = (time: number) => ((time - range.startNs) / (range.endNs - range.startNs)) * width;
  const yOf = (value: number) => heightOf(value, counter, height);
  return {
    x: points.time.slice(first, end).map((time) => Math.max(0, xOf(time))),
    low: points.min.slice(first, end).map(yOf),
    high: points.max.slice(first, end).map(yOf),
    last: points.last.slice(first, end).map(yOf),
    endX: Math.min(width, xOf(request.endNs)),
  };
}
