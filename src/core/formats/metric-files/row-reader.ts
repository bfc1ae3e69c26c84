import { cellNumber } from './cell-number.ts';
import type { MetricSource } from './metric-dialect.ts';
import { readTime, type MetricTime } from './metric-time.ts';
import type { MetricClock, StepTimeRule } from '../../model/metrics.ts';
import type { MetricMoment, MetricsBuilder } from './metrics-builder.ts';
import { rolesOf, type RowRoles } from './row-roles.ts';
import { stepTimeRule } from './step-time-rule.ts';

export type Cells = ReadonlyMap<string, unknown>;

interface Row {
  readonly cells: Cells;
  readonly roles: RowRoles;
  readonly offset: number;
  readonly excerpt: Uint8Array;
}

/** So many rows tell whether a time runs on or is that of each step. */
const ROWS_TO_JUDGE = 16;

const NO_TIME: MetricTime = { us: NaN, clock: 'start' };

/** Makes values of rows that say when they were measured; all rows of a file are of one clock. */
export class RowReader {
  readonly #first: Row[] = [];
  readonly #names = new Map<string, string>();
  readonly #fileName: string;
  #clock: MetricClock | null = null;
  /** A time that does not run on tells how long each step took. */
  #isTimeOfStep: boolean | null = null;

  constructor(
    private readonly builder: MetricsBuilder,
    private readonly source: MetricSource,
  ) {
    this.#fileName = metricNameOf(source.name);
  }

  take(cells: Cells, offset: number, excerpt: Uint8Array): void {
    const roles = rolesOf([...cells.keys()], this.source.mapping);
    const row = { cells, roles, offset, excerpt };
    if (this.#isTimeOfStep === null && this.#first.length < ROWS_TO_JUDGE) {
      this.#first.push({ ...row, excerpt: excerpt.slice(0, 512) });
      return;
    }
    this.#flush();
    this.#read(row);
  }

  finish(): MetricClock {
    this.#flush();
    return this.#clock ?? 'start';
  }

  #flush(): void {
    if (this.#isTimeOfStep !== null) {
      return;
    }
    this.#isTimeOfStep = this.source.mapping?.timeUnit === undefined && this.#areTimesOfSteps();
    for (const row of this.#first.splice(0)) {
      this.#read(row);
    }
  }

  #areTimesOfSteps(): boolean {
    const rows = this.#first.filter(({ roles }) => roles.time !== null && roles.step !== null);
    const times = rows.map((row) => this.#timeOf(row));
    const isRunning =
      times.length > 2 &&
      times.every(
        (time, i) => i === 0 || (time !== null && time.us > (times[i - 1]?.us ?? Infinity)),
      );
    return times.length > 0 && times.every((time) => time?.clock === 'start') && !isRunning;
  }

  #timeOf({ cells, roles }: Row): MetricTime | null {
    const cell = roles.time === null ? null : cells.get(roles.time);
    if (cell === null || cell === undefined || cell === '') {
      return NO_TIME;
    }
    const isText = typeof cell === 'string' || typeof cell === 'number';
    return isText ? readTime(String(cell), this.source.mapping) : null;
  }

  #read(row: Row): void {
    const { log } = this.builder;
    const time = this.#isTimeOfStep === true ? NO_TIME : this.#timeOf(row);
    if (time === null) {
      log.drop(row.offset, 'the time of this row cannot be read', row.excerpt);
      return;
    }
    if (!Number.isNaN(time.us)) {
      this.#clock ??= time.clock;
      if (this.#clock !== time.clock) {
        log.drop(row.offset, 'the time of this row is of another clock', row.excerpt);
        return;
      }
    }
    const step = stepOf(row);
    if (Number.isNaN(time.us) && Number.isNaN(step)) {
      log.drop(row.offset, 'this row has neither time nor step', row.excerpt);
    } else if (this.#addValues(row, { timeUs: time.us, step }) > 0) {
      log.keep();
    } else {
      log.drop(row.offset, 'there is no number in this row', row.excerpt);
    }
  }

  #addValues({ cells, roles }: Row, moment: MetricMoment): number {
    const rank = roles.rank === null ? NaN : cellNumber(cells.get(roles.rank));
    const add = (name: string, value: unknown, rule?: StepTimeRule): number => {
      const number = cellNumber(value);
      const series = Number.isFinite(number)
        ? this.builder.series(name, Number.isNaN(rank) ? null : rank, rule)
        : -1;
      return this.builder.add(series, moment, number) ? 1 : 0;
    };
    if (roles.value !== null) {
      return add(this.#nameOfRow(cells, roles), cells.get(roles.value));
    }
    const prefix = devicePrefix(roles.device === null ? null : cells.get(roles.device));
    let count = 0;
    for (const [key, value] of cells) {
      if (key === roles.time && this.#isTimeOfStep === true) {
        count += add(key, value, { kind: 'duration', unitMs: stepTimeRule(key)?.unitMs ?? null });
      } else if (![roles.time, roles.step, roles.rank, roles.device].includes(key)) {
        count += add(prefix + this.#nameOf(key), value, this.#givenRule(key));
      }
    }
    return count;
  }

  #givenRule(key: string): StepTimeRule | undefined {
    const { mapping } = this.source;
    if (mapping?.stepTime !== key) {
      return undefined;
    }
    const unit = mapping.units?.[key];
    const named = stepTimeRule(unit === undefined ? key : `step_time_${unit}`);
    return { kind: 'duration', unitMs: named?.unitMs ?? 1e3 };
  }

  #nameOfRow(cells: Cells, { names }: RowRoles): string {
    const parts = names.map((key) => cells.get(key)).filter((part) => typeof part === 'string');
    return parts.length === 0 ? this.#fileName : this.#nameOf(parts.join(' '));
  }

  /** With the unit that the mapping gives. */
  #nameOf(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) {
      return known;
    }
    const unit = this.source.mapping?.units?.[key];
    const name = unit === undefined ? key.trim() : `${key.trim()} [${unit}]`;
    if (this.#names.size < 10_000) {
      this.#names.set(key, name);
    }
    return name;
  }
}

function devicePrefix(device: unknown): string {
  const isNamed = (typeof device === 'string' && device !== '') || typeof device === 'number';
  return isNamed ? `gpu ${String(device).trim().slice(0, 20)} ` : '';
}

function stepOf({ cells, roles }: Row): number {
  const step = roles.step === null ? NaN : cellNumber(cells.get(roles.step));
  return step >= 0 && step < 2 ** 31 ? Math.floor(step) : NaN;
}

/** Of a file that holds one metric: as the file is called. */
export function metricNameOf(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return name.replace(/\.(?:gz|zip|zst)$/i, '').replace(/\.(?:csv|tsv|jsonl|json|txt)$/i, '');
}
