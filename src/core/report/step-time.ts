import { mean, quantileOfSorted, sortedCopy } from '../derived/statistics.ts';
import type { Percentiles, StepTime } from '../model/report.ts';

/** Whole nanoseconds; zeros for nothing. */
export function percentilesOf(values: ArrayLike<number>): Percentiles {
  const sorted = sortedCopy(values);
  const at = (share: number): number =>
    sorted.length === 0 ? 0 : Math.round(quantileOfSorted(sorted, share));
  return { p50Ns: at(0.5), p95Ns: at(0.95), p99Ns: at(0.99) };
}

/** Null for nothing. */
export function stepTimeOf(values: ArrayLike<number>): StepTime | null {
  return values.length === 0
    ? null
    : { ...percentilesOf(values), meanNs: Math.round(mean(values)), count: values.length };
}
