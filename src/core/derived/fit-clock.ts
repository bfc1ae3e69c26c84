import { mean, median } from './statistics.ts';

/** Fewer readings do not tell a clock's offset from chance. */
export const MIN_READINGS = 3;
/** A drift is looked for from as many readings over as long; less cannot tell it from scatter. */
const MIN_DRIFT_READINGS = 10;
const MIN_DRIFT_NS = 1e9;
/** Standard errors that stand for "certain to contain it". */
const CERTAIN = 3;
/** From the median absolute deviation to the standard deviation of a normal distribution. */
const DEVIATION = 1.4826;
/** Of the median slope of n / 2 pairs half the time apart, in units of deviation / (time √n): 1.2533 · 2√2 · √2. */
const SLOPE_ERROR = 5.01;
/** Time stamps are rounded to this, at either end. */
const ROUNDING_NS = 1;

/** A clock read at some moments: what it shows, less what it should. */
export interface Readings {
  /** Ascending. */
  readonly atNs: Float64Array<ArrayBuffer>;
  readonly errorNs: Float64Array<ArrayBuffer>;
}

export interface ClockFit {
  /** Halfway between the first and the last reading. */
  readonly middleNs: number;
  readonly spanNs: number;
  /** In the middle. */
  readonly errorNs: number;
  /** 0 where none stands out. */
  readonly driftPpm: number;
  /** Null where too little is known to look for a drift. */
  readonly driftUncertaintyPpm: number | null;
  /** Of the error, anywhere between the first and the last reading. */
  readonly uncertaintyNs: number;
  /** Median distance of the readings from the line. */
  readonly residualNs: number;
}

/**
 * The line through readings of which many may be far off: the median of the slopes of pairs half the
 * readings apart (Theil and Sen, with n / 2 pairs), then the median of what is left.
 */
export function fitClock({ atNs, errorNs }: Readings): ClockFit {
  const count = atNs.length;
  const spanNs = atNs[count - 1] - atNs[0];
  const middleNs = mean([atNs[0], atNs[count - 1]]);
  const isLong = count >= MIN_DRIFT_READINGS && spanNs >= MIN_DRIFT_NS;
  const slope = isLong ? medianSlope(atNs, errorNs) : 0;
  const leftOf = (rate: number): Float64Array<ArrayBuffer> =>
    errorNs.map((error, i) => error - rate * (atNs[i] - middleNs));
  const deviation = DEVIATION * medianDistance(leftOf(slope)) + ROUNDING_NS;
  const slopeUncertainty = isLong
    ? (CERTAIN * SLOPE_ERROR * deviation) / (spanNs * Math.sqrt(count))
    : 0;
  const drift = Math.abs(slope) > slopeUncertainty ? slope : 0;
  const left = leftOf(drift);
  const residualNs = medianDistance(left);
  const scatterNs = Math.max(residualNs, (CERTAIN * deviation) / Math.sqrt(count));
  const unseen = slopeUncertainty + Math.abs(slope - drift);
  return {
    middleNs,
    spanNs,
    errorNs: median(left),
    driftPpm: drift * 1e6,
    driftUncertaintyPpm: isLong ? slopeUncertainty * 1e6 : null,
    uncertaintyNs: scatterNs + (unseen * spanNs) / 2,
    residualNs,
  };
}

function medianSlope(x: Float64Array, y: Float64Array): number {
  const half = Math.ceil(x.length / 2);
  const slopes = new Float64Array(x.length - half);
  for (let i = 0; i < slopes.length; i++) {
    slopes[i] = (y[i + half] - y[i]) / (x[i + half] - x[i]);
  }
  return median(slopes);
}

function medianDistance(values: Float64Array): number {
  const center = median(values);
  return median(values.map((value) => Math.abs(value - center)));
}
