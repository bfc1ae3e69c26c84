/** How the values of a counter are written; a fraction is 0 to 1, a percentage 0 to 100. */
export const COUNTER_UNITS = ['plain', 'bytes', 'percent', 'fraction'] as const;

export type CounterUnit = (typeof COUNTER_UNITS)[number];

/** Of a rank, so many are shown; a trace of a whole machine may have thousands. */
export const MAX_COUNTERS = 512;

/** A series of sampled values of a rank. A value stands until the next. */
export interface TimelineCounter {
  /** Its place among the counters of its rank. */
  readonly counter: number;
  readonly name: string;
  readonly unit: CounterUnit;
  readonly sampleCount: number;
  readonly min: number;
  readonly max: number;
}

/** The first of the numbers that stand for counters where a row names a lane; they count down. */
const FIRST_COUNTER_LANE = -2;

export function counterLane(counter: number): number {
  return FIRST_COUNTER_LANE - counter;
}

/** Which counter a row names; null where it names a lane or the summary of a rank. */
export function counterOfLane(lane: number): number | null {
  return lane <= FIRST_COUNTER_LANE ? FIRST_COUNTER_LANE - lane : null;
}

/** Sampled values to draw, ordered by row, then time; those of the same pixel are one point. */
export interface CounterPoints {
  readonly length: number;
  /** Of the first sample; since the run's origin. The first point of a row may be before the window. */
  readonly time: Float64Array<ArrayBuffer>;
  readonly min: Float64Array<ArrayBuffer>;
  readonly max: Float64Array<ArrayBuffer>;
  /** What stands until the next point. */
  readonly last: Float64Array<ArrayBuffer>;
  /** Samples that it stands for. */
  readonly count: Uint32Array<ArrayBuffer>;
  /** Index into the request's rows. */
  readonly row: Uint16Array<ArrayBuffer>;
}
