import type { LeftOutFile, MetricsBeside, Run, RankTrace } from '../model/run.ts';
import type { RunSummary } from '../model/baseline.ts';
import type { WhatIf } from '../model/report.ts';
import type { Nanoseconds } from '../model/units.ts';
import { alignClocks, type Alignment } from './align-clocks.ts';
import { type BatchWaits, computeBatchWaits } from './batch-waits.ts';
import { compareRuns, type RunComparison } from './compare-runs.ts';
import { computeLateness, type RankLateness } from './lateness.ts';
import { findHang, type Hang } from './hang/find-hang.ts';
import { areAllBusy } from './loader-workers.ts';
import { lazyTables, type TableDefinitions } from './lazy-tables.ts';
import { balancedStepNs } from './pipeline/balance-stages.ts';
import { measurePipeline, type Pipeline } from './pipeline/measure-pipeline.ts';
import { listOperations, type StepOperations, withoutWarmup } from './pipeline/operations.ts';
import { prepareReplay, type Replay } from './pipeline/replay.ts';
import { computeWhatIf } from './pipeline/what-if.ts';
import type { RankCollective } from './rank-collectives.ts';
import { deriveRank, type RankDerived } from './rank-derived.ts';
import { mean, median } from './statistics.ts';
import { analyzedSteps, stepDurations, timePerStep } from './step-windows.ts';
import { summarizeRun } from './summarize-run.ts';
import { computeTransferShare } from './transfer-share.ts';

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
  readonly leftOut: readonly LeftOutFile[];
  readonly metrics: readonly MetricsBeside[];
  readonly analyzed: readonly RankSteps[];
  /** Over the analysed steps of all ranks; 0 where there are none. */
  readonly medianStepNs: Nanoseconds;
  /** What fixes can save of: the median step, or the mean one where rare long steps make it longer. */
  readonly stepBudgetNs: Nanoseconds;
  readonly alignment: Alignment;
  readonly batchWaits: BatchWaits;
  /** Of the time in collectives, 0 to 1; null where it cannot be told from waiting. */
  readonly transferShare: number | null;
  /** By row of ranks; empty where ranks cannot be compared. */
  readonly lateness: readonly RankLateness[];
  /** The steps of a job with pipeline parallelism; empty where the ranks have no place in one. */
  readonly operations: readonly StepOperations[];
  readonly replay: Replay;
  readonly pipeline: Pipeline | null;
  /** The mean step, replayed with even stages; null where there is no pipeline, or none can be replayed. */
  readonly balancedStepNs: Nanoseconds | null;
  readonly whatIf: WhatIf | null;
  /** Null but for dumps of NCCL's flight recorder. */
  readonly hang: Hang | null;
  readonly summary: RunSummary;
  /** The run that this one is compared with. */
  readonly baseline: RunSummary | null;
  /** Null without a baseline, and where one of both has no steps. */
  readonly comparison: RunComparison | null;
}

interface Input extends Run {
  readonly baseline: RunSummary | null;
}

const DEFINITIONS: TableDefinitions<Input, RunDerived> = {
  ranks: (_, { ranks }) => ranks.map((rank, row) => ({ ...rank, row, tables: deriveRank(rank) })),
  leftOut: (_, { leftOut = [] }) => leftOut,
  metrics: (_, { metrics = [] }) => metrics,
  analyzed: ({ ranks }) =>
    ranks.map(({ tables: { steps } }) => {
      const rows = analyzedSteps(steps);
      return { rows, durations: stepDurations(steps, rows) };
    }),
  medianStepNs: ({ analyzed }) => {
    const durations = analyzed.flatMap((rank) => [...rank.durations]);
    return durations.length === 0 ? 0 : median(durations);
  },
  stepBudgetNs: ({ analyzed, medianStepNs }) => {
    const durations = analyzed.flatMap((rank) => [...rank.durations]);
    return durations.length === 0 ? 0 : Math.max(medianStepNs, mean(durations));
  },
  alignment: ({ ranks }) =>
    alignClocks(
      ranks.map(({ trace }) => trace),
      collectivesOf(ranks),
      ranks.map(({ tables }) => (tables.steps.length === 0 ? 0 : tables.steps.start[0])),
    ),
  transferShare: ({ ranks, alignment }) =>
    computeTransferShare(
      alignment.matches,
      ranks.length,
      ranks.reduce((most, { trace }) => Math.max(most, trace.meta.worldSize ?? 1), 1),
    ),
  batchWaits: ({ ranks, analyzed, alignment }) =>
    computeBatchWaits(
      ranks.map(({ tables: { loaderWaits, loaderWorkers, ownLoading, steps } }, row) => {
        const { rows, durations } = analyzed[row];
        return {
          exposed: rows.map((step) => loaderWaits.exposedPerStep[step]),
          whole: [...timePerStep(loaderWaits.waits, steps, rows)],
          durations: [...durations],
          numbers: rows.map((step) => steps.number[step]),
          isOwn: ownLoading !== null,
          areWorkersBusy: areAllBusy(loaderWorkers),
        };
      }),
      ranks.length > 1 && alignment.matches.length > 0,
    ),
  lateness: ({ ranks, alignment }) =>
    computeLateness(
      alignment,
      ranks.map(({ tables }) => tables.waiting),
      analyzedNumbers(ranks),
    ),
  operations: ({ ranks, alignment }) => withoutWarmup(listOperations(ranks, alignment.offsets)),
  replay: ({ operations }) => prepareReplay(operations),
  pipeline: ({ operations, alignment }) => measurePipeline(operations, alignment.offsets),
  balancedStepNs: ({ replay, pipeline }) =>
    pipeline === null || replay.steps.length === 0 ? null : balancedStepNs(replay, pipeline),
  whatIf: ({ replay }) => computeWhatIf(replay),
  hang: ({ ranks }) => deriveHang(ranks),
  summary: (tables, { name }) => summarizeRun(name, tables),
  baseline: (_, { baseline }) => baseline,
  comparison: (tables) =>
    tables.baseline === null ? null : compareRuns(tables.summary, tables.baseline),
};

function deriveHang(ranks: readonly DerivedRank[]): Hang | null {
  const recorded = ranks.flatMap(({ rank, trace: { meta } }) =>
    meta.flightRecord === undefined ? [] : [{ rank, record: meta.flightRecord }],
  );
  return recorded.length === 0 ? null : findHang(recorded);
}

/** One rank after the other: not all of them need be in memory. */
function* collectivesOf(ranks: readonly DerivedRank[]): Generator<readonly RankCollective[]> {
  for (const { tables } of ranks) {
    yield tables.collectives;
  }
}

function analyzedNumbers(ranks: readonly DerivedRank[]): Set<number> {
  return new Set(
    ranks.flatMap(({ tables: { steps } }) => analyzedSteps(steps).map((row) => steps.number[row])),
  );
}

export function deriveRun(run: Run, baseline: RunSummary | null = null): RunDerived {
  return lazyTables({ ...run, baseline }, DEFINITIONS);
}
