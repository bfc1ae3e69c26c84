import type { Nanoseconds } from '../../model/units.ts';
import { differenceOf, type Intervals, IntervalsBuilder, lengthOf } from '../intervals.ts';
import { mean, median } from '../statistics.ts';
import type { Operation, StepOperations, Worker } from './operations.ts';

/** One stage of the pipeline. */
export interface StageTime {
  readonly stage: number;
  readonly ranks: readonly number[];
  /** What its micro-batches take in a typical step, on the fastest of its ranks. */
  readonly computeNs: Nanoseconds;
}

/** How the stages of a pipeline share the work, and how long they wait for each other. */
export interface Pipeline {
  /** In order; at least two. */
  readonly stages: readonly StageTime[];
  /** In a step; on each chunk of the model that a stage holds. */
  readonly microBatches: number;
  readonly chunks: number;
  /** From the first forward to the last backward of any stage, mean over steps and data ranks. */
  readonly windowNs: Nanoseconds;
  /** What a rank computes in it, mean. */
  readonly computeNs: Nanoseconds;
  /** By row of ranks, in rank time: where the rank computes nothing within the window. */
  readonly waits: readonly Intervals[];
}

/** Null where there are no two stages. `offsets` are by row of ranks: from rank time to run time. */
export function measurePipeline(
  steps: readonly StepOperations[],
  offsets: readonly Nanoseconds[],
): Pipeline | null {
  const parts = steps.flatMap(({ byWorker }) => pipelinesOf(byWorker).flatMap(measureWindow));
  const stages = listStages(parts);
  return stages.length < 2
    ? null
    : {
        stages,
        ...countMicroBatches(steps),
        windowNs: mean(parts.map(({ windowNs }) => windowNs)),
        computeNs: mean(parts.map(({ computeNs }) => computeNs)),
        waits: joinWaits(parts, offsets),
      };
}

/** What one rank does while its pipeline works on one step. Run time. */
interface Part {
  readonly worker: Worker;
  readonly windowNs: Nanoseconds;
  readonly computeNs: Nanoseconds;
  readonly waits: Intervals;
}

function measureWindow(members: readonly Member[]): Part[] {
  const window = windowOf(members.flatMap(([, computes]) => computes));
  return members.map(([worker, computes]) => {
    const busy = intervalsOf(computes);
    return {
      worker,
      windowNs: lengthOf(window),
      computeNs: lengthOf(busy),
      waits: differenceOf(window, busy),
    };
  });
}

function joinWaits(parts: readonly Part[], offsets: readonly Nanoseconds[]): Intervals[] {
  const builders = offsets.map(() => new IntervalsBuilder());
  for (const { worker, waits } of parts) {
    const offset = offsets[worker.row];
    for (let i = 0; i < waits.length; i++) {
      builders[worker.row].add(waits.start[i] - offset, waits.end[i] - offset);
    }
  }
  return builders.map((builder) => builder.finish());
}

type Member = readonly [worker: Worker, computes: readonly Operation[]];

/** The stages that work on the same micro-batches. */
function pipelinesOf(byWorker: StepOperations['byWorker']): Member[][] {
  const pipelines = new Map<string, Member[]>();
  for (const [worker, operations] of byWorker) {
    const computes = operations.filter(isCompute);
    const key = `${worker.dataRank} ${worker.tensorRank}`;
    const members = pipelines.get(key) ?? [];
    pipelines.set(key, members);
    if (computes.length > 0) {
      members.push([worker, computes]);
    }
  }
  return [...pipelines.values()].filter((members) => members.length > 0);
}

function isCompute({ kind }: Operation): boolean {
  return kind === 'forward-compute' || kind === 'backward-compute';
}

function intervalsOf(operations: readonly Operation[]): Intervals {
  const builder = new IntervalsBuilder();
  for (const { start, end } of operations) {
    builder.add(start, end);
  }
  return builder.finish();
}

function windowOf(operations: readonly Operation[]): Intervals {
  let start = Infinity;
  let end = -Infinity;
  for (const operation of operations) {
    start = Math.min(start, operation.start);
    end = Math.max(end, operation.end);
  }
  const builder = new IntervalsBuilder();
  builder.add(start, end);
  return builder.finish();
}

/** A slow rank among several of a stage does not make the stage long. */
function listStages(parts: readonly Part[]): StageTime[] {
  const times = new Map<Worker, number[]>();
  for (const { worker, computeNs } of parts) {
    const own = times.get(worker) ?? [];
    times.set(worker, own);
    own.push(computeNs);
  }
  const byStage = new Map<number, { ranks: number[]; computeNs: number }>();
  for (const [{ stage, rank }, own] of times) {
    const known = byStage.get(stage) ?? { ranks: [], computeNs: Infinity };
    known.ranks.push(rank);
    known.computeNs = Math.min(known.computeNs, median(own));
    byStage.set(stage, known);
  }
  return [...byStage]
    .sort(([a], [b]) => a - b)
    .map(([stage, { ranks, computeNs }]) => ({ stage, ranks, computeNs }));
}

function countMicroBatches(
  steps: readonly StepOperations[],
): Pick<Pipeline, 'microBatches' | 'chunks'> {
  const counts: number[] = [];
  let chunks = 1;
  for (const { byWorker } of steps) {
    for (const operations of byWorker.values()) {
      const forwards = operations.filter(({ kind }) => kind === 'forward-compute');
      chunks = forwards.reduce((most, { chunk }) => Math.max(most, chunk + 1), chunks);
      counts.push(forwards.length);
    }
  }
  return { microBatches: Math.max(1, Math.round(median(counts) / chunks)), chunks };
}
