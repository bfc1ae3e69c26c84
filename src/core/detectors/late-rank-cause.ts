import type { Intervals } from '../derived/intervals.ts';
import { mean, median } from '../derived/statistics.ts';
import { timePerStep } from '../derived/step-windows.ts';
import type { Steps } from '../model/tables.ts';
import type { NeededRank, NeededTables } from './detector.ts';
import { placeOf } from './finding-draft.ts';

type Name = 'loaderWaits' | 'loaderStage' | 'work' | 'steps' | 'sourceOf' | 'analyzed';

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

function meanPerStep(intervals: Intervals, steps: Steps, rows: readonly number[]): number {
  return rows.length === 0 ? 0 : mean(timePerStep(intervals, steps, rows));
}

function excessOf(values: readonly number[], row: number): number {
  return values[row] - median(values.filter((_, i) => i !== row));
}
