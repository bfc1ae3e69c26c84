import { mapInto } from '../../base/map-into.ts';
import type { Nanoseconds } from '../model/units.ts';
import type { RankDerived } from './rank-derived.ts';
import type { RankSteps } from './run-derived.ts';
import { mean, median } from './statistics.ts';
import { timePerStep } from './step-windows.ts';

/** What ranks do by themselves in one step that all of them share. */
export interface StepWork {
  /** Number of the step. */
  readonly step: number;
  /** By row of ranks: what the rank works without waiting for others. */
  readonly workNs: Float64Array<ArrayBuffer>;
  /** The longest over the median, less 1. */
  readonly spread: number;
  /** What the step would be shorter with even work: the longest less the mean. */
  readonly lossNs: Nanoseconds;
}

type Work = Pick<RankDerived, 'work' | 'busy' | 'steps' | 'waiting'>;

/** Of the analysed steps that all ranks have, in order. Compute of the device, or the step without its collectives. */
export function compareWork(
  ranks: readonly { readonly tables: Work; readonly rows: readonly number[] }[],
): StepWork[] {
  const byRank = ranks.map(({ tables, rows }) => {
    const times = ownWork(tables, rows);
    return new Map(rows.map((row, i) => [tables.steps.number[row], times[i]]));
  });
  const [first, ...others] = byRank;
  return [...first.keys()].flatMap((step) => {
    if (others.some((times) => !times.has(step))) {
      return [];
    }
    const workNs = mapInto(
      new Float64Array(byRank.length),
      byRank,
      (times) => times.get(step) ?? 0,
    );
    const longest = Math.max(...workNs);
    const typical = median(workNs);
    return typical > 0
      ? [{ step, workNs, spread: longest / typical - 1, lossNs: longest - mean(workNs) }]
      : [];
  });
}

function ownWork(
  { work, busy, steps, waiting }: Work,
  rows: readonly number[],
): Float64Array<ArrayBuffer> {
  if (busy.length > 0) {
    return timePerStep(work.compute, steps, rows);
  }
  const times = timePerStep(waiting, steps, rows);
  return times.map((time, i) => steps.end[rows[i]] - steps.start[rows[i]] - time);
}

/** Of two ranks, the work between collectives of the one in a row over that of the other. */
export function ownWorkRatio(
  ranks: readonly {
    readonly tables: Pick<RankDerived, 'steps' | 'collectives'>;
    readonly steps: RankSteps;
  }[],
  row: number,
): number {
  const own = ranks.map(({ tables, steps: { rows, durations } }) => {
    const numbers = new Set(rows.map((step) => tables.steps.number[step]));
    const waiting = tables.collectives.reduce(
      (sum, { step, start, end }) => sum + (step !== null && numbers.has(step) ? end - start : 0),
      0,
    );
    return Math.max(1, durations.reduce((sum, duration) => sum + duration, 0) - waiting);
  });
  return own[row] / own[1 - row];
}
