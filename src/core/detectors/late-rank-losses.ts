import { type Intervals, NO_INTERVALS } from '../derived/intervals.ts';
import type { RankLateness } from '../derived/lateness.ts';
import type { Repair } from '../derived/replay/repair.ts';
import { firstOfEachStep } from '../derived/time-budget.ts';
import type { NeededRank, NeededTables } from './detector.ts';
import type { Cause } from './late-rank-cause.ts';

type Name = 'loaderWaits' | 'batchWaits' | 'steps' | 'analyzed';

/** A rank that could be what the others wait for. */
export interface Suspect {
  readonly late: RankLateness;
  readonly lostNsPerStep: number;
  readonly percent: number;
  readonly isClear: boolean;
}

/** The rank comes as early as the others: by its loader, else by whatever it does until it comes. */
export function repairOf(
  run: NeededTables<Name>,
  rank: NeededRank<Name>,
  suspect: Suspect,
  cause: Cause | null,
): Repair {
  const isData = cause?.layer === 'data';
  const intervals = suspect.late.claims.map((claim, row) =>
    row !== rank.row
      ? NO_INTERVALS
      : isData
        ? loadingBeyondOthers(run, rank, suspect, rank.tables.loaderWaits.waits)
        : claim,
  );
  return {
    condition: `rank ${rank.rank} came as early as the others`,
    changes: [{ kind: isData ? 'skip-host' : 'cut', intervals }],
    isDecisive: true,
  };
}

/** A rank that its loader makes late loses the time there, not at the collective. */
export function claimsOf(
  run: NeededTables<Name>,
  rank: NeededRank<Name>,
  suspect: Suspect,
  cause: Cause | null,
): readonly Intervals[] {
  const { claims } = suspect.late;
  return cause?.layer !== 'data'
    ? claims
    : claims.map((claim, row) =>
        row === rank.row
          ? loadingBeyondOthers(run, rank, suspect, rank.tables.loaderWaits.exposed)
          : claim,
      );
}

/** Of the waits of a rank for its batches: all where no other rank waits, else what it waits longer. */
function loadingBeyondOthers(
  { analyzed, batchWaits }: NeededTables<Name>,
  { row, tables: { steps } }: NeededRank<Name>,
  { lostNsPerStep }: Suspect,
  waits: Intervals,
): Intervals {
  const limitNs = batchWaits.isOfOneRank ? Infinity : lostNsPerStep;
  return firstOfEachStep(waits, steps, analyzed[row].rows, limitNs);
}
