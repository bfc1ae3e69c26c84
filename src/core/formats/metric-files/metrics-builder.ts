import { float64Column, uint32Column } from '../../../base/columns.ts';
import { ProblemLog } from '../trace/problem-log.ts';
import type { MetricClock, Metrics, MetricSeries, StepTimeRule } from '../../model/metrics.ts';
import { stepTimeRule } from './step-time-rule.ts';

/** More values and more series are not kept: no page shows them, and they would not fit in memory. */
const MAX_VALUES = 8_000_000;
const MAX_SERIES = 20_000;
const MAX_NAME_CHARACTERS = 200;
/** Larger numbers are no ranks. */
const MAX_RANK = 1_000_000;

/** When a value was measured, as far as the file tells: microseconds of its clock, and the number of the step. */
export interface MetricMoment {
  readonly timeUs: number;
  readonly step: number;
}

/** A file of metrics in the making. */
export class MetricsBuilder {
  readonly log = new ProblemLog();
  readonly #series: MetricSeries[] = [];
  readonly #rows = new Map<string, number>();
  readonly #time = float64Column();
  readonly #step = float64Column();
  readonly #of = uint32Column();
  readonly #value = float64Column();

  /** The row of a series; -1 where there are too many. A rule that is given is surer than what the name tells. */
  series(name: string, rank: number | null = null, rule?: StepTimeRule | null): number {
    const key = `${rank ?? ''} ${name}`;
    const known = this.#rows.get(key);
    if (known !== undefined) {
      return known;
    }
    const isFull = this.#series.length >= MAX_SERIES;
    const row = isFull ? -1 : this.#series.length;
    if (!isFull) {
      this.#rows.set(key, row);
      this.#series.push({
        name: name.slice(0, MAX_NAME_CHARACTERS),
        rank: isRank(rank) ? rank : null,
        stepTime: rule === undefined ? stepTimeRule(name) : rule,
      });
    }
    return row;
  }

  /** Whether the value was taken: what is no finite number is none. */
  add(series: number, { timeUs, step }: MetricMoment, value: number): boolean {
    if (series < 0 || !Number.isFinite(value) || this.#value.length >= MAX_VALUES) {
      return false;
    }
    this.#time.push(timeUs);
    this.#step.push(step);
    this.#of.push(series);
    this.#value.push(value);
    return true;
  }

  get seriesCount(): number {
    return this.#series.length;
  }

  get length(): number {
    return this.#value.length;
  }

  finish(title: string, clock: MetricClock, byteLength: number): Metrics {
    return {
      title,
      clock,
      series: this.#series,
      length: this.#value.length,
      time: this.#time.take(),
      step: this.#step.take(),
      of: this.#of.take(),
      value: this.#value.take(),
      counts: this.log.counts,
      problems: this.log.problems,
      byteLength,
    };
  }
}

function isRank(rank: number | null): boolean {
  return rank !== null && Number.isInteger(rank) && rank >= 0 && rank <= MAX_RANK;
}
