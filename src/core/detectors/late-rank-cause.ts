import { differenceOf, type Intervals } from '../derived/intervals.ts';
import { laneRange } from '../derived/lane-range.ts';
import { intervalsOfPhase } from '../derived/phase-intervals.ts';
import { mean, median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import { type Phase, phaseIndex } from '../model/phase.ts';
import type { Steps } from '../model/tables.ts';
import type { SpanIndex } from '../model/units.ts';
import type { NeededRank, NeededTables } from './detector.ts';
import { placeOf } from './finding-draft.ts';

type Name =
  | 'loaderWaits'
  | 'loaderStage'
  | 'work'
  | 'busy'
  | 'hostPhases'
  | 'exposedCommunication'
  | 'phases'
  | 'mainLane'
  | 'steps'
  | 'sourceOf'
  | 'analyzed';

/** What a rank without a device computes in. */
const COMPUTE_PHASES = ['forward', 'loss', 'backward', 'optimizer'] as const;

/** A cause is named only if it explains this share of the lost time (DETECTORS.md). */
export const EXPLAINED = 0.8;

/** What makes a rank late. */
export interface Cause {
  readonly name: string;
  readonly place: ReturnType<typeof placeOf>;
  readonly layer: 'data' | 'compute';
}

/** What the rank does longer than the others, if that explains what they lose. */
export function findCause(
  tables: NeededTables<Name>,
  rank: NeededRank<Name>,
  lostNs: number,
): Cause | null {
  const dataNs = tables.ranks.map(({ row, tables: { loaderWaits, steps } }) =>
    meanPerStep(loaderWaits.waits, steps, tables.analyzed[row].rows),
  );
  const [example] = rank.tables.loaderWaits.spans;
  if (excessOf(dataNs, rank.row) >= EXPLAINED * lostNs) {
    const place = placeOf(rank.tables.sourceOf(example));
    const stage = rank.tables.loaderStage?.location ?? null;
    const location = place.location?.how === 'recorded' || stage === null ? place.location : stage;
    return { name: 'its loader is slower', layer: 'data', place: { ...place, location } };
  }
  if (rank.tables.busy.length === 0) {
    return findLongerPhase(tables, rank, lostNs);
  }
  const computeNs = tables.ranks.map(({ row, tables: { work, steps } }) =>
    meanPerStep(work.compute, steps, tables.analyzed[row].rows),
  );
  return excessOf(computeNs, rank.row) >= EXPLAINED * lostNs
    ? {
        name: 'its GPU computes longer',
        layer: 'compute',
        place: { location: null, annotations: [] },
      }
    : null;
}

/** Without a device: the phase of the training loop that is longest beside the other ranks, if all of them explain it. */
function findLongerPhase(
  { ranks, analyzed }: NeededTables<Name>,
  rank: NeededRank<Name>,
  lostNs: number,
): Cause | null {
  const excesses = COMPUTE_PHASES.map((phase) =>
    excessOf(
      ranks.map(({ row, tables: { hostPhases, exposedCommunication, steps } }) => {
        const own = intervalsOfPhase(hostPhases, phaseIndex(phase));
        return meanPerStep(differenceOf(own, exposedCommunication), steps, analyzed[row].rows);
      }),
      rank.row,
    ),
  );
  const most = excesses.indexOf(Math.max(...excesses));
  return excesses.reduce((sum, excess) => sum + excess, 0) < EXPLAINED * lostNs
    ? null
    : {
        name: `it computes longer, most of all in the phase ${COMPUTE_PHASES[most]}`,
        layer: 'compute',
        place: placeOf(rank.tables.sourceOf(longestOf(rank, COMPUTE_PHASES[most]))),
      };
}

/** The longest span of the training loop that has the phase itself; -1 is none. */
function longestOf({ trace, tables }: NeededRank<Name>, phase: Phase): SpanIndex {
  const { first, end } = laneRange(trace, tables.mainLane);
  let longest = -1;
  for (let i = first; i < end; i++) {
    const isLonger = longest < 0 || trace.spans.duration[i] > trace.spans.duration[longest];
    longest = tables.phases.own[i] === phaseIndex(phase) && isLonger ? i : longest;
  }
  return longest;
}

function meanPerStep(intervals: Intervals, steps: Steps, rows: readonly number[]): number {
  return rows.length === 0 ? 0 : mean(timePerStep(intervals, steps, rows));
}

function excessOf(values: readonly number[], row: number): number {
  return values[row] - median(values.filter((_, i) => i !== row));
}
