import { isOperationKind, type OperationKind } from '../../model/operation.ts';
import type { RankTrace } from '../../model/run.ts';
import type { WorkerPlace } from '../../model/trace.ts';
import type { Nanoseconds, SpanIndex } from '../../model/units.ts';
import { median } from '../statistics.ts';

/** Timelines are recorded in the middle of a job, so a first step is dropped only if it is longer by this. */
const WARMUP_RATIO = 1.2;

/** One operation of one worker in one step. Run time. */
export interface Operation {
  readonly kind: OperationKind;
  /** Of the model on this stage, from 0. */
  readonly chunk: number;
  readonly start: Nanoseconds;
  readonly end: Nanoseconds;
  readonly worker: Worker;
  readonly span: SpanIndex;
  /** Its place among the operations of its step. */
  readonly index: number;
}

export interface Worker extends WorkerPlace {
  /** The row in the run's ranks. */
  readonly row: number;
}

/** The operations of all workers in one step, each worker's by start. */
export interface StepOperations {
  readonly number: number;
  readonly byWorker: ReadonlyMap<Worker, readonly Operation[]>;
}

/** By number of step: what each worker does in the steps in which all take part; empty where ranks have no place. */
export function listOperations(
  ranks: readonly RankTrace[],
  offsets: readonly Nanoseconds[],
): StepOperations[] {
  const workers: Worker[] = [];
  const steps = new Map<number, Map<Worker, Unplaced[]>>();
  ranks.forEach(({ trace: { lanes, spans, strings } }, row) => {
    const place = lanes.find((lane) => lane.worker !== undefined)?.worker;
    if (place === undefined) {
      return;
    }
    const worker: Worker = { ...place, row };
    workers.push(worker);
    for (let span = 0; span < spans.length; span++) {
      const kind = strings[spans.name[span]];
      const number = (spans.step?.[span] ?? 0) - 1;
      if (!isOperationKind(kind) || number < 0) {
        continue;
      }
      const start = spans.start[span] + offsets[row];
      const chunk = Math.max(0, (spans.modelChunk?.[span] ?? 0) - 1);
      const operation = { kind, chunk, start, end: start + spans.duration[span], worker, span };
      const step = steps.get(number) ?? new Map<Worker, Unplaced[]>();
      steps.set(number, step);
      const own = step.get(worker) ?? [];
      step.set(worker, own);
      own.push(operation);
    }
  });
  const complete = [...steps].filter(([, step]) => step.size === workers.length);
  return complete
    .sort(([a], [b]) => a - b)
    .map(([number, step]) => ({ number, byWorker: placeOperations(step) }));
}

type Unplaced = Omit<Operation, 'index'>;

function placeOperations(step: ReadonlyMap<Worker, Unplaced[]>): StepOperations['byWorker'] {
  let index = 0;
  return new Map(
    [...step].map(([worker, list]) => [
      worker,
      list.sort(byStart).map(({ kind, chunk, start, end, worker: own, span }): Operation => ({
        kind,
        chunk,
        start,
        end,
        worker: own,
        span,
        index: index++,
      })),
    ]),
  );
}

/** Without leading steps that are far longer than most: they warm up. */
export function withoutWarmup(steps: readonly StepOperations[]): readonly StepOperations[] {
  const lengths = steps.map(({ byWorker }) => lengthOfStep([...byWorker.values()].flat()));
  const limit = WARMUP_RATIO * median(lengths);
  const first = lengths.findIndex((length) => length <= limit);
  return steps.slice(Math.max(0, first));
}

/** From the first start to the last end. */
export function lengthOfStep(operations: readonly Operation[]): Nanoseconds {
  let start = Infinity;
  let end = -Infinity;
  for (const operation of operations) {
    start = Math.min(start, operation.start);
    end = Math.max(end, operation.end);
  }
  return end - start;
}

function byStart(a: Unplaced, b: Unplaced): number {
  return a.start - b.start;
}
