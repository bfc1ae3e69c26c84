import { firstWhere } from '../../base/first-where.ts';
import type { Nanoseconds } from '../model/units.ts';
import { isWide, lastOfGroup, type PixelWindow, type Sequence } from './pixel-groups.ts';

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
    const limit = (Math.floor(sequence.startOf(i) / bucket) + 1) * bucket;
    const last = isWide(sequence, i, bucket) ? i : lastOfGroup(sequence, i, limit, bucket);
    if (sequence.endOf(last) > startNs) {
      visit(i, last);
    }
    i = last + 1;
  }
}
