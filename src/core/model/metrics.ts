import type { EventCounts, Problem } from './trace.ts';

/** What the times of a file count from: 1970, the clock on a wall of an unknown time zone, the start of the training. */
export type MetricClock = 'unix' | 'wall' | 'start';

/** What the values of a series say of steps; where the unit is null, nothing tells it. */
export interface StepTimeRule {
  readonly kind: 'duration' | 'rate' | 'loading';
  /** Milliseconds in one of the values. */
  readonly unitMs: number | null;
}

/** One metric of one rank. */
export interface MetricSeries {
  /** With its unit in square brackets where the file tells it. */
  readonly name: string;
  /** Null where the file does not tell whose it is. */
  readonly rank: number | null;
  readonly stepTime: StepTimeRule | null;
}

/** The content of a file of metrics, one row a value, in file order. Never changed once made. */
export interface Metrics {
  /** What it is, for people: `TensorBoard event file`. */
  readonly title: string;
  readonly clock: MetricClock;
  readonly series: readonly MetricSeries[];
  readonly length: number;
  /** Microseconds of the clock; NaN where the file does not tell. */
  readonly time: Float64Array<ArrayBuffer>;
  /** Number of the step; NaN where the file does not tell. */
  readonly step: Float64Array<ArrayBuffer>;
  /** Index into `series`. */
  readonly of: Uint32Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
  /** Of the lines or records that hold values. */
  readonly counts: EventCounts;
  readonly problems: readonly Problem[];
  readonly byteLength: number;
}
