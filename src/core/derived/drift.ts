import { findPeriod, type Period, slowOnes } from './period.ts';
import { mean } from './statistics.ts';
import { fitTrend, type Trend } from './trend.ts';

/** How many times the median a step must take to be one of those that come back (as step-period). */
const SLOW_RATIO = 1.1;
/** Fewer cycles show no trend. */
const MIN_CYCLES = 5;
/** Fewer slow values at the end show no trend among them. */
const MIN_LATE = 8;

/** Values that grow. */
export interface Drift {
  readonly start: number;
  /** What is added: along the line, or up to the median of the last fifth. */
  readonly total: number;
  /** How probable it is in values that only vary, whichever way it was seen. */
  readonly pValue: number;
  /** By value: what it has beyond the start; medians of blocks. */
  readonly rises: Float64Array<ArrayBuffer>;
}

/**
 * How values grow, seen in three ways, of which the most that is sure counts: from the first to the last, among
 * the slow ones at the end, and from cycle to cycle where slow ones come back at equal distances. The host may do
 * more and more while the device, far behind, hides it until it cannot any more, or until the host asks for a result.
 */
export function findDrift(values: Float64Array, chance: number): Drift | null {
  const whole = fitTrend(values);
  if (whole === null || whole.start <= 0) {
    return null;
  }
  const slow = slowOnes(values, SLOW_RATIO);
  const cycles = fitCycles(values, slow);
  const ways = cycles === null ? 2 : 3;
  const seen: Drift[] = [
    driftOf(whole, Math.min(whole.pValue, latePValue(values, slow)) * ways, values),
  ];
  if (cycles !== null) {
    const { trend, every, members } = cycles;
    const isSlow = new Set(members);
    const { rises, ...drift } = driftOf(trend, trend.pValue * ways, values);
    seen.push({ ...drift, rises: rises.map((rise, i) => (isSlow.has(i) ? every * rise : 0)) });
  }
  const sure = seen.filter(({ pValue, total }) => pValue <= chance && total > 0);
  return sure.length === 0
    ? null
    : sure.reduce((most, one) => (one.total / one.start > most.total / most.start ? one : most));
}

function driftOf(
  { total, rise, start, levels }: Trend,
  pValue: number,
  { length }: Float64Array,
): Drift {
  return {
    start,
    total: Math.max(total, rise),
    pValue,
    rises: Float64Array.from({ length }, (_, i) =>
      Math.max(0, levels[Math.floor((i * levels.length) / length)] - start),
    ),
  };
}

/** Of the slow values at the end, where nothing but slow ones are left; 1 where they do not grow. */
function latePValue(values: Float64Array, slow: readonly number[]): number {
  const isSlow = new Set(slow);
  let first = values.length;
  while (isSlow.has(first - 1)) {
    first--;
  }
  const late = values.length - first < MIN_LATE ? null : fitTrend(values.subarray(first));
  return late === null || late.total <= 0 ? 1 : late.pValue;
}

interface Cycles extends Period {
  readonly trend: Trend;
}

/** The means of as many values in a row as a cycle has. */
function fitCycles(values: Float64Array, slow: readonly number[]): Cycles | null {
  const period = findPeriod(slow, 0, values.length - 1);
  const count = period === null ? 0 : Math.floor(values.length / period.every);
  if (period === null || count < MIN_CYCLES) {
    return null;
  }
  const { every } = period;
  const trend = fitTrend(
    Float64Array.from({ length: count }, (_, i) =>
      mean(values.subarray(i * every, (i + 1) * every)),
    ),
  );
  return trend === null || trend.start <= 0 ? null : { ...period, trend };
}
