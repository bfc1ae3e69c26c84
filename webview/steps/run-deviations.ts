import { waitPercent } from '../../src/core/model/wait-percent.ts';
import type { LoadedRun } from '../store.ts';
import { type RankDeviation, ranksByDeviation } from './ranks-by-deviation.ts';

const known = new WeakMap<LoadedRun, readonly RankDeviation[]>();

/** The ranks of a run, those that do most work of their own first; computed once a run. */
export function runDeviations(run: LoadedRun): readonly RankDeviation[] {
  let deviations = known.get(run);
  if (deviations === undefined) {
    const waits = new Map(run.report.ranks.map((rank) => [rank.rank, waitPercent(rank)]));
    deviations = ranksByDeviation(run.steps, waits);
    known.set(run, deviations);
  }
  return deviations;
}
