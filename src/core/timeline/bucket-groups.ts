import type { Nanoseconds } from '../model/units.ts';
import { firstWhere, type PixelWindow, type Sequence } from './pixel-groups.ts';

/** The power of two that is nearest to a pixel: windows that are moved or widened a little share their buckets. */
export function bucketOf(pixelNs: Nanoseconds): Nanoseconds {
  return pixelNs > 0 ? 2 ** Math.round(Math.log2(pixelNs)) : 0;
}

/**
 * Visits the rows [first, last] of each group that meets the window: an interval of at least a bucket
 * alone, shorter ones together with those that start in the same bucket. Buckets count from time 0,
 * so that the groups are the same wherever the window begins. Time grows with pixels, not with rows.
 */
export function forEachBucketGroup(
  sequence: Sequence,
  { startNs, endNs, pixelNs }: PixelWindow,
  visit: (first: number, last: number) => void,
): void {
  const bucket = bucketOf(pixelNs);
  const from = bucket > 0 ? Math.floor(startNs / bucket) * bucket : startNs;
  let i = firstWhere(0, sequence.length, (row) => sequence.endOf(row) > from);
  while (i < sequence.length && sequence.startOf(i) < endNs) {
    const last = isWide(sequence, i, bucket) ? i : lastOfBucket(sequence, i, bucket);
    if (sequence.endOf(last) > startNs) {
      visit(i, last);
    }
    i = last + 1;
  }
}

function isWide(sequence: Sequence, i: number, bucket: Nanoseconds): boolean {
  return sequence.endOf(i) - sequence.startOf(i) >= bucket;
}

function lastOfBucket(sequence: Sequence, first: number, bucket: Nanoseconds): number {
  const limit = (Math.floor(sequence.startOf(first) / bucket) + 1) * bucket;
  let reach = 1;
  while (first + reach < sequence.length && sequence.startOf(first + reach) < limit) {
    reach *= 2;
  }
  const low = first + Math.floor(reach / 2);
  const high = Math.min(first + reach, sequence.length);
  const last = firstWhere(low, high, (row) => sequence.startOf(row) >= limit) - 1;
  return last > first && isWide(sequence, last, bucket) ? last - 1 : Math.max(first, last);
}
