import type { LineCost, Report } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';
import { findLine, lineTimesOf } from '../report/compare-lines.ts';

/** As many runs have room in a hover. */
const MAX_RUNS = 6;

export interface ComparableRun {
  readonly id: string;
  readonly name: string;
  readonly modifiedMs: number;
  readonly report: Pick<Report, 'lines'>;
}

/** What a line took in one run. */
export interface TrendPoint {
  readonly id: string;
  readonly name: string;
  readonly timeNs: Nanoseconds;
}

/**
 * What a line of a run took in the last runs of the same script, the oldest first, up to and with this run; empty
 * where there is no other. Runs are of the same script if their names differ in numbers alone, or the line
 * is recorded in a file of the same name.
 */
export function trendOf(
  cost: LineCost,
  run: ComparableRun,
  others: readonly ComparableRun[],
): TrendPoint[] {
  const points = others.flatMap((other) => {
    if (other.id === run.id || !(cost.location !== null || isOfSeries(other.name, run.name))) {
      return [];
    }
    const same = findLine(cost, run.report.lines, lineTimesOf(other.report.lines));
    return same === null
      ? []
      : [{ id: other.id, name: other.name, timeNs: same.p50Ns, atMs: other.modifiedMs }];
  });
  if (points.length === 0) {
    return [];
  }
  const own = { id: run.id, name: run.name, timeNs: cost.perStep.p50Ns, atMs: run.modifiedMs };
  const last = [...points, own].sort((a, b) => a.atMs - b.atMs);
  const end = last.indexOf(own) + 1;
  return last
    .slice(Math.max(0, end - MAX_RUNS), end)
    .map(({ id, name, timeNs }) => ({ id, name, timeNs }))
    .filter((_, __, kept) => kept.length > 1);
}

function isOfSeries(a: string, b: string): boolean {
  return a.replaceAll(/\d+/g, '#') === b.replaceAll(/\d+/g, '#');
}
