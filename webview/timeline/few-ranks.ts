import { runDeviations } from '../steps/run-deviations.ts';
import type { LoadedRun } from '../store.ts';

/** Runs of more ranks show a few of them at first. */
export const MAX_RANKS_AT_ONCE = 16;
const STRAGGLERS = 6;
/** A finding that names more is about the run, not about them. */
const MAX_NAMED = 3;

const fewByRun = new WeakMap<LoadedRun, ReadonlySet<number> | null>();

/**
 * Of many ranks those to look at first: the slowest against the others, those that findings name, and a
 * typical one; null of few.
 */
export function fewRanks(run: LoadedRun): ReadonlySet<number> | null {
  let few = fewByRun.get(run);
  if (few === undefined) {
    few = run.overview.ranks.length > MAX_RANKS_AT_ONCE ? chooseRanks(run) : null;
    fewByRun.set(run, few);
  }
  return few;
}

function chooseRanks(run: LoadedRun): ReadonlySet<number> {
  const { overview, report } = run;
  const deviations = runDeviations(run);
  const middle = deviations.at(Math.floor(deviations.length / 2));
  const typical = overview.typicalStep?.rank ?? middle?.rank ?? overview.ranks[0].rank;
  const slowest = deviations.slice(0, STRAGGLERS).map(({ rank }) => rank);
  const named = report.findings.flatMap(({ ranks }) => (ranks.length > MAX_NAMED ? [] : ranks));
  const others = overview.ranks.slice(0, slowest.length === 0 ? STRAGGLERS : 0);
  return new Set([...slowest, ...named, typical, ...others.map(({ rank }) => rank)]);
}
