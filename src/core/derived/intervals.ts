import { float64Column } from '../../base/columns.ts';
import { ascendingOrder } from '../../base/sort-runs.ts';

/** Disjoint half-open intervals in ascending order. */
export interface Intervals {
  readonly length: number;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
}

/** Collects intervals in ascending order of start and joins those that touch. */
export class IntervalsBuilder {
  readonly #start = float64Column();
  readonly #end = float64Column();
  #lastEnd = -Infinity;

  add(start: number, end: number): void {
    if (end <= start) {
      return;
    }
    if (start <= this.#lastEnd && this.#end.length > 0) {
      this.#lastEnd = Math.max(this.#lastEnd, end);
      this.#end.set(this.#end.length - 1, this.#lastEnd);
      return;
    }
    this.#start.push(start);
    this.#end.push(end);
    this.#lastEnd = end;
  }

  /** Once; the builder is empty then. */
  finish(): Intervals {
    const { length } = this.#start;
    return { length, start: this.#start.take(), end: this.#end.take() };
  }
}

export const NO_INTERVALS: Intervals = new IntervalsBuilder().finish();

/** The union of intervals in any order. */
export function uniteIntervals(starts: ArrayLike<number>, ends: ArrayLike<number>): Intervals {
  const builder = new IntervalsBuilder();
  const order = ascendingOrder(starts);
  for (let k = 0; k < starts.length; k++) {
    const i = order === null ? k : order[k];
    builder.add(starts[i], ends[i]);
  }
  return builder.finish();
}

export function unionOf(a: Intervals, b: Intervals): Intervals {
  const builder = new IntervalsBuilder();
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a.start[i] <= b.start[j])) {
      builder.add(a.start[i], a.end[i]);
      i++;
    } else {
      builder.add(b.start[j], b.end[j]);
      j++;
    }
  }
  return builder.finish();
}

export function intersectionOf(a: Intervals, b: Intervals): Intervals {
  const builder = new IntervalsBuilder();
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const aEnd = a.end[i];
    const bEnd = b.end[j];
    builder.add(Math.max(a.start[i], b.start[j]), Math.min(aEnd, bEnd));
    if (aEnd < bEnd) {
      i++;
    } else {
      j++;
    }
  }
  return builder.finish();
}

/** What of `a` lies outside `b`. */
export function differenceOf(a: Intervals, b: Intervals): Intervals {
  const builder = new IntervalsBuilder();
  let j = 0;
  for (let i = 0; i < a.length; i++) {
    let from = a.start[i];
    const end = a.end[i];
    while (j < b.length && b.end[j] <= from) {
      j++;
    }
    for (let k = j; k < b.length && b.start[k] < end; k++) {
      builder.add(from, b.start[k]);
      from = Math.max(from, b.end[k]);
    }
    builder.add(from, end);
  }
  return builder.finish();
}

export function shifted({ length, start, end }: Intervals, byNs: number): Intervals {
  return { length, start: start.map((time) => time + byNs), end: end.map((time) => time + byNs) };
}

export function lengthOf(intervals: Intervals): number {
  let sum = 0;
  for (let i = 0; i < intervals.length; i++) {
    sum += intervals.end[i] - intervals.start[i];
  }
  return sum;
}

/** Answers how much of a window intervals cover, in logarithmic time. */
export class Coverage {
  readonly #before: Float64Array<ArrayBuffer>;
  /** Questions mostly follow each other in time: the search begins where the last one ended. */
  #near = 0;

  constructor(readonly intervals: Intervals) {
    this.#before = new Float64Array(intervals.length + 1);
    for (let i = 0; i < intervals.length; i++) {
      this.#before[i + 1] = this.#before[i] + intervals.end[i] - intervals.start[i];
    }
  }

  /** Covered time within [start, end). */
  within(start: number, end: number): number {
    return end <= start ? 0 : this.#upTo(end) - this.#upTo(start);
  }

  /** Covered time before `time`. */
  #upTo(time: number): number {
    const count = countNear(this.intervals.start, time, this.#near);
    this.#near = count;
    if (count === 0) {
      return 0;
    }
    const last = count - 1;
    const end = this.intervals.end[last];
    const start = this.intervals.start[last];
    return this.#before[last] + Math.min(end, time) - start;
  }
}

/** {@link countUpTo}, the faster the closer the answer is to `near`. */
export function countNear(ascending: ArrayLike<number>, limit: number, near: number): number {
  let low = near;
  let high = near;
  for (let stride = 1; high < ascending.length && ascending[high] <= limit; stride *= 2) {
    low = high + 1;
    high = Math.min(ascending.length, high + stride);
  }
  for (let stride = 1; low > 0 && ascending[low - 1] > limit; stride *= 2) {
    high = low - 1;
    low = Math.max(0, low - stride);
  }
  return countUpTo(ascending, limit, low, high);
}

/** How many of ascending values are at most `limit`. */
export function countUpTo(
  ascending: ArrayLike<number>,
  limit: number,
  from = 0,
  to = ascending.length,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] <= limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
