import { firstWhere } from '../../base/first-where.ts';
import type { Nanoseconds } from '../model/units.ts';

/** Disjoint intervals in time order. */
export interface Sequence {
  readonly length: number;
  startOf(i: number): Nanoseconds;
  endOf(i: number): Nanoseconds;
}

export interface PixelWindow {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly pixelNs: Nanoseconds;
}

/**
 * Visits the rows [first, last] of each group that meets the window: an interval of at least a pixel
 * alone, shorter ones together with those that start within a pixel. At most two groups a pixel,
 * and time grows with pixels, not with rows.
 */
export function forEachPixelGroup(
  sequence: Sequence,
  { startNs, endNs, pixelNs }: PixelWindow,
  visit: (first: number, last: number) => void,
): void {
  let i = firstWhere(0, sequence.length, (row) => sequence.endOf(row) > startNs);
  while (i < sequence.length && sequence.startOf(i) < endNs) {
    const limit = sequence.startOf(i) + pixelNs;
    const last = isWide(sequence, i, pixelNs) ? i : lastOfGroup(sequence, i, limit, pixelNs);
    visit(i, last);
    i = last + 1;
  }
}

/** Whether an interval is a group by itself. */
export function isWide(sequence: Sequence, i: number, width: Nanoseconds): boolean {
  return sequence.endOf(i) - sequence.startOf(i) >= width;
}

/** The last row of the group that begins at `first`: those that start before `limit`, up to a wide one. */
export function lastOfGroup(
  sequence: Sequence,
  first: number,
  limit: Nanoseconds,
  width: Nanoseconds,
): number {
  let reach = 1;
  while (first + reach < sequence.length && sequence.startOf(first + reach) < limit) {
    reach *= 2;
  }
  const low = first + Math.floor(reach / 2);
  const high = Math.min(first + reach, sequence.length);
  const last = firstWhere(low, high, (row) => sequence.startOf(row) >= limit) - 1;
  return last > first && isWide(sequence, last, width) ? last - 1 : Math.max(first, last);
}

const MAX_SAMPLES = 16;

/** The longest of a group, looking at no more than 16 of its rows. */
export function longestOf(sequence: Sequence, first: number, last: number): number {
  const step = Math.max(1, Math.ceil((last - first + 1) / MAX_SAMPLES));
  let best = first;
  for (let i = first; i <= last; i += step) {
    if (sequence.endOf(i) - sequence.startOf(i) > sequence.endOf(best) - sequence.startOf(best)) {
      best = i;
    }
  }
  return best;
}
