import { firstWhere } from '../../../base/first-where.ts';
import type { LogNumber } from '../log-lines/log-dialect.ts';
import type { KeptNumbers, KeptStep } from '../log-lines/log-stream.ts';
import type { Metrics, StepTimeRule } from '../../model/metrics.ts';

/** How long the steps of one rank took, and its other values beside them. */
export interface RankMetricSteps {
  /** Null where the file does not tell. */
  readonly rank: number | null;
  readonly steps: KeptStep[];
  readonly numbers: KeptNumbers[];
  /** Where the unit of step times was not told: how it was chosen. */
  readonly unitNote: string | null;
}

/** Mean times come last: they say less. */
const MEAN = /avg|mean|average|ema/i;

const UNITS_MS = [1e3, 1, 1e-3];

/** Of the ranks that tell how long their steps take; empty where none does. */
export function metricSteps(metrics: Metrics): RankMetricSteps[] {
  const { series } = metrics;
  const rowsOf = listRows(metrics);
  const ranks = [...new Set(series.map(({ rank }) => rank))];
  return ranks.flatMap((rank): RankMetricSteps[] => {
    const own = [...series.keys()].filter((i) => series[i].rank === rank);
    const candidates = own.filter((i) => isStepTime(series[i].stepTime) && rowsOf[i].length > 0);
    const [best] = candidates.sort((a, b) => order(metrics, a) - order(metrics, b));
    return candidates.length === 0 ? [] : [stepsOfRank(metrics, { rank, own, best, rowsOf })];
  });
}

function isStepTime(rule: StepTimeRule | null): boolean {
  return rule !== null && rule.kind !== 'loading';
}

function order({ series }: Metrics, i: number): number {
  const { name, stepTime } = series[i];
  return (stepTime?.kind === 'rate' ? 2 : 0) + (MEAN.test(name) ? 1 : 0);
}

interface RankSeries {
  readonly rank: number | null;
  readonly own: readonly number[];
  /** The series of the step times. */
  readonly best: number;
  readonly rowsOf: readonly (readonly number[])[];
}

function stepsOfRank(metrics: Metrics, { rank, own, best, rowsOf }: RankSeries): RankMetricSteps {
  const { series, time, step, value } = metrics;
  const rule = series[best].stepTime;
  const rows = rowsOf[best].filter((row) => value[row] > 0);
  const unitMs = rule?.unitMs ?? likelyUnit(metrics, rows);
  const steps = rows.map((row, index): KeptStep => ({
    number: Number.isNaN(step[row]) ? index : step[row],
    durationMs: rule?.kind === 'rate' ? 1e3 / value[row] : value[row] * unitMs,
    totalMs: null,
    endUs: Number.isNaN(time[row]) ? null : time[row],
    isMean: rule?.kind === 'rate' || MEAN.test(series[best].name),
    numbers: [],
    parts: [],
    offset: -1,
  }));
  const isSteady = steps.map((one, i) => i === 0 || one.number > steps[i - 1].number);
  const steady = steps.filter((_, i) => isSteady[i]);
  const rowOfStep = rows.filter((_, i) => isSteady[i]);
  const numbers = addOthers(metrics, { own, best, rowsOf, steps: steady, rowOfStep, unitMs });
  const unitNote =
    rule?.unitMs === null
      ? `The unit of ${series[best].name} is not told: its values are taken as ${nameOf(unitMs)}.`
      : null;
  return { rank, steps: steady, numbers, unitNote };
}

interface StepSeries extends Pick<RankSeries, 'own' | 'best' | 'rowsOf'> {
  readonly steps: readonly KeptStep[];
  /** In the file. */
  readonly rowOfStep: readonly number[];
  /** Of the step times. */
  readonly unitMs: number;
}

/**
 * Gives each step the values of its number; those that have a time and no such step keep that, and those that have
 * neither are of the step before them in the file.
 */
function addOthers(
  { series, time, step, value }: Metrics,
  { own, best, rowsOf, steps, rowOfStep, unitMs }: StepSeries,
): KeptNumbers[] {
  const byNumber = new Map(steps.map((one) => [one.number, one]));
  const lastStepAt = (row: number): KeptStep | undefined =>
    steps[Math.max(0, firstWhere(0, rowOfStep.length, (i) => rowOfStep[i] > row) - 1)];
  const added = new Map<KeptStep, LogNumber[]>();
  const numbers: KeptNumbers[] = [];
  for (const i of own.filter((other) => other !== best)) {
    const { name, stepTime } = series[i];
    for (const row of rowsOf[i]) {
      const isTimeless = Number.isNaN(step[row]) && Number.isNaN(time[row]);
      const home = isTimeless ? lastStepAt(row) : byNumber.get(step[row]);
      if (home === undefined) {
        numbers.push({ timeUs: time[row], numbers: [[name, value[row]]] });
      } else if (stepTime?.kind === 'loading' && home.parts.length === 0) {
        home.parts.push({ name, phase: 'data', ms: value[row] * (stepTime.unitMs ?? unitMs) });
      } else {
        added.set(home, [...(added.get(home) ?? []), [name, value[row]]]);
      }
    }
  }
  steps.forEach((one) => (one.numbers as LogNumber[]).push(...(added.get(one) ?? [])));
  return numbers.filter(({ timeUs }) => !Number.isNaN(timeUs));
}

/** The unit in which step times come nearest to the times between them; seconds where nothing tells. */
function likelyUnit({ time, step, value }: Metrics, rows: readonly number[]): number {
  const between = rows.flatMap((row, i) => {
    const before = rows[i - 1] as number | undefined;
    const ms = before === undefined ? NaN : (time[row] - time[before]) / 1e3;
    const steps = before === undefined ? NaN : step[row] - step[before];
    return ms > 0 ? [ms / (steps > 0 ? steps : 1)] : [];
  });
  if (between.length === 0) {
    return 1e3;
  }
  const typical = middleOf(between) / middleOf(rows.map((row) => value[row]));
  const distance = (unitMs: number): number => Math.abs(Math.log(unitMs / typical));
  return UNITS_MS.reduce((best, unitMs) => (distance(unitMs) < distance(best) ? unitMs : best));
}

function nameOf(unitMs: number): string {
  return unitMs === 1e3 ? 'seconds' : unitMs === 1 ? 'milliseconds' : 'microseconds';
}

function listRows({ series, of }: Metrics): number[][] {
  const rows = series.map((): number[] => []);
  of.forEach((i, row) => rows[i].push(row));
  return rows;
}

function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
