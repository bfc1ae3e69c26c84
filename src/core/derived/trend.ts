import { mean, median, medianAbsoluteDeviation, twoSided } from './statistics.ts';

/** Pairs grow with the square: longer series are first taken together in blocks of like length. */
const MAX_POINTS = 400;

/** For so few values the test counts their orders rather than trust in the normal distribution. */
const MAX_EXACT = 10;

/** Values further from the median than this many median absolute deviations are taken for as far. */
const WILD = 5;

/** The ends that levels are compared of, as a share of all values. */
const END_SHARE = 0.2;

/** A straight line through values at equal distances. */
export interface Trend {
  /** From the first value to the last, along the line. */
  readonly total: number;
  /** The median of the last fifth less the start: what a rise that begins late comes to. */
  readonly rise: number;
  /** Where the first fifth begins: its median, less half of what it rises itself. */
  readonly start: number;
  /** Medians of ten blocks of like length, or of fewer. */
  readonly levels: Float64Array<ArrayBuffer>;
  /** How probable such a trend is in values without one; two-sided. */
  readonly pValue: number;
}

/**
 * The line of Theil and Sen (median of all slopes), which a quarter of wild values does not move, and the test of
 * Mann and Kendall for it, exact for few values, else corrected for values that resemble their neighbours (Yue and Wang 2004). Null for fewer
 * than three values.
 */
export function fitTrend(values: ArrayLike<number>): Trend | null {
  const points = takeTogether(values);
  const count = points.length;
  if (count < 3) {
    return null;
  }
  const { slope, score } = slopeOf(points);
  const rest = withoutWild(points.map((point, i) => point - slope * i));
  const variance = ((count * (count - 1) * (2 * count + 5)) / 18) * inflationOf(rest);
  const end = Math.max(1, Math.round(END_SHARE * count));
  const first = points.subarray(0, end);
  const early = Math.min(Math.max(0, slopeOf(first).slope), Math.max(0, slope));
  const half = (end - 1) / 2;
  const start = median(first) - early * half;
  return {
    total: slope * (count - 1),
    rise: median(points.subarray(count - end)) - start,
    start,
    levels: levelsOf(points),
    pValue:
      count <= MAX_EXACT
        ? chanceOfScore(Math.abs(score), count)
        : twoSided((score - Math.sign(score)) / Math.sqrt(variance)),
  };
}

/** The median of the slopes of all pairs (0 without any), and how many more of them rise than fall. */
function slopeOf(points: Float64Array): { slope: number; score: number } {
  const count = points.length;
  const slopes = new Float64Array((count * (count - 1)) / 2);
  let score = 0;
  let k = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const difference = points[j] - points[i];
      slopes[k++] = difference / (j - i);
      score += Math.sign(difference);
    }
  }
  return { slope: k === 0 ? 0 : median(slopes), score };
}

/** The medians of at most {@link MAX_POINTS} blocks. */
function takeTogether(values: ArrayLike<number>): Float64Array {
  const size = Math.ceil(values.length / MAX_POINTS);
  const all = Float64Array.from(values);
  return size <= 1
    ? all
    : Float64Array.from({ length: Math.floor(all.length / size) }, (_, block) =>
        median(all.subarray(block * size, (block + 1) * size)),
      );
}

function levelsOf(points: Float64Array): Float64Array<ArrayBuffer> {
  const count = Math.min(10, points.length);
  return Float64Array.from({ length: count }, (_, i) =>
    median(
      points.subarray(
        Math.floor((i * points.length) / count),
        Math.floor(((i + 1) * points.length) / count),
      ),
    ),
  );
}

/** A few wild values next to each other say nothing of how alike the others are. */
function withoutWild(values: Float64Array): Float64Array {
  const center = median(values);
  const limit = WILD * medianAbsoluteDeviation(values);
  return values.map((value) => Math.max(center - limit, Math.min(center + limit, value)));
}

/** Fewer values are independent where neighbours are alike: by how much the variance grows. */
function inflationOf(rest: Float64Array): number {
  const center = mean(rest);
  let own = 0;
  let shared = 0;
  for (let i = 0; i < rest.length; i++) {
    own += (rest[i] - center) ** 2;
    shared += i > 0 ? (rest[i] - center) * (rest[i - 1] - center) : 0;
  }
  const likeness = own === 0 ? 0 : Math.min(0.95, Math.max(0, shared / own));
  return (1 + likeness) / (1 - likeness);
}

/** Of all orders of so many values, the share in which at least so many more pairs rise than fall, or fall than rise. */
function chanceOfScore(score: number, count: number): number {
  let orders = [1];
  for (let size = 2; size <= count; size++) {
    orders = addOne(orders, size);
  }
  const pairs = (count * (count - 1)) / 2;
  const total = orders.reduce((sum, number) => sum + number, 0);
  const extreme = orders.filter((_, falling) => Math.abs(pairs - 2 * falling) >= score);
  return extreme.reduce((sum, number) => sum + number, 0) / total;
}

/** By number of falling pairs, the orders of one value more: it falls below none to all of the others. */
function addOne(orders: readonly number[], size: number): number[] {
  const next = Array.from({ length: orders.length + size - 1 }, () => 0);
  orders.forEach((number, falling) => {
    for (let more = 0; more < size; more++) {
      next[falling + more] += number;
    }
  });
  return next;
}
