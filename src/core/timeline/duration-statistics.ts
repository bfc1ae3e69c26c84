import { quantileOfSorted } from '../derived/statistics.ts';
import type { Percentiles } from '../model/report.ts';
import type { DurationHistogram, SelectionDetails } from '../model/timeline.ts';

export const HISTOGRAM_BINS = 32;

export function percentilesOf(sorted: Float64Array): Percentiles {
  return {
    p50Ns: quantileOfSorted(sorted, 0.5),
    p95Ns: quantileOfSorted(sorted, 0.95),
    p99Ns: quantileOfSorted(sorted, 0.99),
  };
}

/** Of several lists of ascending durations together; null where none has any. */
export function histogramOf(lists: readonly Float64Array[]): DurationHistogram | null {
  const present = lists.filter(({ length }) => length > 0);
  if (present.length === 0) {
    return null;
  }
  const leastNs = Math.max(
    1,
    present.reduce((least, list) => Math.min(least, list[0]), Infinity),
  );
  const mostNs = present.reduce((most, list) => Math.max(most, list[list.length - 1]), leastNs);
  const perRatio = mostNs > leastNs ? HISTOGRAM_BINS / Math.log(mostNs / leastNs) : 0;
  const counts = Array.from({ length: HISTOGRAM_BINS }, () => 0);
  for (const list of present) {
    for (const duration of list) {
      const bin = Math.floor(Math.log(Math.max(leastNs, duration) / leastNs) * perRatio);
      counts[Math.min(HISTOGRAM_BINS - 1, bin)]++;
    }
  }
  return { leastNs, mostNs, counts };
}

/** Durations in any order, at least one; they are put in order in place. */
export function statisticsOf(durations: Float64Array): SelectionDetails['all'] {
  const sorted = durations.sort();
  return {
    count: sorted.length,
    totalNs: sorted.reduce((sum, duration) => sum + duration, 0),
    percentiles: percentilesOf(sorted),
    durations: histogramOf([sorted]) ?? { leastNs: 1, mostNs: 1, counts: [] },
  };
}
