import { mapInto } from '../../base/map-into.ts';

/** Linear interpolation between the closest ranks; NaN for nothing. `sorted` is ascending. */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) {
    return NaN;
  }
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low + (high - low) * (position - below);
}

export function sortedCopy(values: ArrayLike<number>): Float64Array<ArrayBuffer> {
  return new Float64Array(values).sort();
}

/** NaN for nothing. */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(sortedCopy(values), 0.5);
}

/** NaN for nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
  }
  return sum / values.length;
}

/** What a step typically takes, and its share of the step in percent: medians over steps; zeros for none. */
export interface TypicalTime {
  readonly medianNs: number;
  readonly sharePercent: number;
}

/** `timesNs` and `stepsNs` by step. */
export function typicalTime(timesNs: ArrayLike<number>, stepsNs: ArrayLike<number>): TypicalTime {
  return timesNs.length === 0
    ? { medianNs: 0, sharePercent: 0 }
    : {
        medianNs: median(timesNs),
        sharePercent: median(Array.from(timesNs, (time, i) => (100 * time) / stepsNs[i])),
      };
}

/** The means of all stretches of so many values in a row. */
export function movingMean(values: readonly number[], length: number): number[] {
  const means: number[] = [];
  let sum = 0;
  values.forEach((value, i) => {
    sum += value - (i >= length ? values[i - length] : 0);
    if (i >= length - 1) {
      means.push(sum / length);
    }
  });
  return means;
}

/** The median distance from the median. */
export function medianAbsoluteDeviation(values: ArrayLike<number>): number {
  const center = median(values);
  return median(
    mapInto(new Float64Array(values.length), values, (value) => Math.abs(value - center)),
  );
}

/** Makes the median absolute deviation of normal values comparable to their standard deviation. */
const MODIFIED_Z_FACTOR = 0.6745;

/**
 * How far one value stands above the others (Iglewicz and Hoaglin 1993); 0 if it does not, Infinity if the
 * others are equal.
 */
export function modifiedZScore(values: readonly number[], index: number): number {
  const distance = values[index] - median(values);
  return distance <= 0 ? 0 : (MODIFIED_Z_FACTOR * distance) / medianAbsoluteDeviation(values);
}

/** The normal distribution outside of ±z (Abramowitz and Stegun 7.1.26). */
export function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return poly * Math.exp(-x * x);
}
