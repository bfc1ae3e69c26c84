import { quantileOfSorted, sortedCopy } from '../derived/statistics.ts';
import type { Histogram } from '../model/report.ts';

/** A picture beside the code has no room for more. */
const MAX_BINS = 24;
/** What lies so many distances from median to p95 above the median would press all else into one bin. */
const FAR_OUT = 3;

/** Equal bins, as many as Rice's rule gives (twice the cube root of the number of values); null for nothing. */
export function histogramOf(values: ArrayLike<number>): Histogram | null {
  if (values.length === 0) {
    return null;
  }
  const sorted = sortedCopy(values);
  const fromNs = Math.floor(sorted[0]);
  const toNs = Math.ceil(upperEnd(sorted));
  const wanted = Math.ceil(2 * Math.cbrt(sorted.length));
  const counts = new Array<number>(toNs > fromNs ? Math.min(MAX_BINS, wanted) : 1).fill(0);
  let above = 0;
  for (const value of sorted) {
    if (value > toNs) {
      above++;
    } else {
      const bin = toNs > fromNs ? ((value - fromNs) / (toNs - fromNs)) * counts.length : 0;
      counts[Math.min(counts.length - 1, Math.floor(bin))]++;
    }
  }
  return { fromNs, toNs, counts, above };
}

function upperEnd(sorted: Float64Array): number {
  const longest = sorted[sorted.length - 1];
  const p50 = quantileOfSorted(sorted, 0.5);
  const p95 = quantileOfSorted(sorted, 0.95);
  return p95 > p50 ? Math.min(longest, p50 + FAR_OUT * (p95 - p50)) : longest;
}
