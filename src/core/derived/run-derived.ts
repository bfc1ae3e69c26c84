import type { Run, RankTrace } from '../model/run.ts';
import type { Nanoseconds } from '../model/units.ts';
import { alignClocks, type Alignment } from './align-clocks.ts';
import { lazyTables, type TableDefinitions } from './lazy-tables.ts';
import { deriveRank, type RankDerived } from './rank-derived.ts';
import { median } from './statistics.ts';
import { analyzedSteps, stepDurations } from './step-windows.ts';

/** The analysed steps of one rank. */
export interface RankSteps {
  /** Rows of the rank's steps. */
  readonly rows: readonly number[];
  readonly durations: Float64Array<ArrayBuffer>;
}

/** One rank with its file and its tables. */
export interface DerivedRank extends RankTrace {
  /** The row in the run's ranks. */
  readonly row: number;
  readonly tables: RankDerived;
}

/** The tables of a run, each computed once, on first use. */
export interface RunDerived {
  readonly ranks: readonly DerivedRank[];
  readonly analyzed: readonly RankSteps[];
  /** Over the analysed steps of all ranks; 0 where there are none. */
  readonly medianStepNs: Nanoseconds;
  readonly alignment: Alignment;
}

const DEFINITIONS: TableDefinitions<Run, RunDerived> = {
  ranks: (_, { ranks }) => ranks.map((rank, row) => ({ ...rank, row, tables: deriveRank(rank) })),
  analyzed: ({ ranks }) =>
    ranks.map(({ tables: { steps } }) => {
      const rows = analyzedSteps(steps);
      return { rows, durations: stepDurations(steps, rows) };
    }),
  medianStepNs: ({ analyzed }) => {
    const durations = analyzed.flatMap((rank) => [...rank.durations]);
    return durations.length === 0 ? 0 : median(durations);
  },
  alignment: ({ ranks }) =>
    alignClocks(
      ranks.map(({ trace }) => trace),
      ranks.map(({ tables }) => (ranks.length < 2 ? [] : tables.collectives)),
      ranks.map(({ tables }) => tables.steps.start[0] ?? 0),
    ),
};

export function deriveRun(run: Run): RunDerived {
  return lazyTables(run, DEFINITIONS);
}
