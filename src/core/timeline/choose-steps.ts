import type { RankReport } from '../model/report.ts';
import type { Analysis } from '../model/tables.ts';
import type { Nanoseconds } from '../model/units.ts';
import { waitPercent } from '../model/wait-percent.ts';
import { type AnalyzedRank, findRank } from './analyzed-rank.ts';

/** A step of a rank, by its row in the rank's table. */
export interface ChosenStep {
  readonly rank: AnalyzedRank;
  readonly row: number;
}

/** Fewer analyzed steps than this have no slow one among them. */
const MIN_STEPS = 3;
/** Slower steps than the typical one by less than this look the same. */
const MIN_SLOWDOWN = 1.1;
/** Ranks whose p95 is this near to the highest are as slow. */
const ALIKE_SHARE = 0.95;
/** A rank that waits less for the others by this much, in percent of its step, shows the cause rather. */
const LESS_WAITING_PERCENT = 5;

/** The analyzed step whose time is nearest to the median, on the rank whose median is nearest to the run's. */
export function findTypicalStep(analysis: Analysis): ChosenStep | null {
  const median = analysis.report.stepTime?.p50Ns;
  if (median === undefined) {
    return null;
  }
  const distance = (value: Nanoseconds | undefined) => Math.abs((value ?? Infinity) - median);
  const byTypicality = [...analysis.report.ranks].sort(
    (a, b) => distance(a.stepTime?.p50Ns) - distance(b.stepTime?.p50Ns) || a.rank - b.rank,
  );
  for (const { rank } of byTypicality) {
    const found = nearestStep(analysis, rank, median);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

/**
 * The analyzed step nearest to the p95 of its rank: of the ranks whose p95 is high, the one that waits least
 * for others, `typical`'s own where it is one of them. Null where it takes little more than `typical`.
 */
export function findSlowStep(analysis: Analysis, typical: ChosenStep): ChosenStep | null {
  const slow = slowRank(analysis.report.ranks, typical.rank.tables.rank);
  const p95 = slow?.stepTime?.p95Ns;
  if (slow === null || p95 === undefined) {
    return null;
  }
  const found = nearestStep(analysis, slow.rank, p95);
  return found !== null && durationOf(found) >= MIN_SLOWDOWN * durationOf(typical) ? found : null;
}

function durationOf({ rank: { tables }, row }: ChosenStep): Nanoseconds {
  return tables.steps.end[row] - tables.steps.start[row];
}

function slowRank(ranks: readonly RankReport[], typicalRank: number): RankReport | null {
  const measured = ranks.filter(({ stepTime }) => (stepTime?.count ?? 0) >= MIN_STEPS);
  const p95 = ({ stepTime }: RankReport) => stepTime?.p95Ns ?? 0;
  const highest = measured.reduce((most, rank) => Math.max(most, p95(rank)), 0);
  const slow = measured.filter((rank) => p95(rank) >= ALIKE_SHARE * highest);
  const least = slow.reduce<RankReport | null>(
    (best, rank) => (best === null || waitPercent(rank) < waitPercent(best) ? rank : best),
    null,
  );
  const own = slow.find(({ rank }) => rank === typicalRank);
  const isOwnAsGood =
    own !== undefined &&
    least !== null &&
    waitPercent(own) < waitPercent(least) + LESS_WAITING_PERCENT;
  return isOwnAsGood ? own : least;
}

function nearestStep(analysis: Analysis, rank: number, wanted: Nanoseconds): ChosenStep | null {
  const found = findRank(analysis, rank);
  if (found === undefined) {
    return null;
  }
  const { steps } = found.tables;
  let best = -1;
  let bestDistance = Infinity;
  for (let i = 0; i < steps.length; i++) {
    const distance = Math.abs(steps.end[i] - steps.start[i] - wanted);
    if (steps.isWarmup[i] === 0 && distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best < 0 ? null : { rank: found, row: best };
}
