import { mapInto } from '../../../base/map-into.ts';
import type { Nanoseconds } from '../../model/units.ts';
import { type Graph, orderGraph, play } from '../replay/graph.ts';
import { linkStep, type StepLinks } from './link-step.ts';
import { lengthOfStep, type Operation, type StepOperations } from './operations.ts';

interface ReplayableStep {
  readonly number: number;
  readonly recordedNs: Nanoseconds;
  /** Its nodes are the operations of the step, by index. */
  readonly graph: Graph;
  /** The row of its first operation. */
  readonly first: number;
}

/** Steps that can be played again with other durations. */
export interface Replay {
  readonly operations: readonly Operation[];
  readonly steps: readonly ReplayableStep[];
  /** By operation: what it took, less the waiting for others of its group. */
  readonly durations: Float64Array<ArrayBuffer>;
}

/** Leaves out steps whose dependencies cannot be told. */
export function prepareReplay(steps: readonly StepOperations[]): Replay {
  const operations: Operation[] = [];
  const replayable: ReplayableStep[] = [];
  const durations: number[] = [];
  let program: Program | null = null;
  for (const step of steps) {
    const own = [...step.byWorker.values()].flat();
    if (program === null || !isSameProgram(program.operations, own)) {
      program = programOf(step, own);
    }
    const { links, graph } = program;
    if (links === null || graph === null) {
      continue;
    }
    const recordedNs = lengthOfStep(own);
    replayable.push({ number: step.number, recordedNs, graph, first: operations.length });
    const transfers = transferTimes(own, links);
    for (const operation of own) {
      operations.push(operation);
      durations.push(transfers[operation.index]);
    }
  }
  return { operations, steps: replayable, durations: Float64Array.from(durations) };
}

/** What the workers do in a step; most steps do the same, so that its graph is made once. */
interface Program {
  readonly operations: readonly Operation[];
  /** Null where the dependencies cannot be told. */
  readonly links: StepLinks | null;
  readonly graph: Graph | null;
}

function programOf(step: StepOperations, operations: readonly Operation[]): Program {
  const links = linkStep(step);
  return {
    operations,
    links,
    graph: links === null ? null : orderGraph(links.links, links.groups),
  };
}

function isSameProgram(a: readonly Operation[], b: readonly Operation[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      ({ worker, kind, chunk }, i) =>
        worker === b[i].worker && kind === b[i].kind && chunk === b[i].chunk,
    )
  );
}

/** By step: its length with these durations, without what the host adds between operations. */
export function replaySteps({ steps }: Replay, durations: Float64Array): Float64Array<ArrayBuffer> {
  return mapInto(new Float64Array(steps.length), steps, ({ graph, first }) => {
    const own = durations.subarray(first, first + graph.order.length);
    return play(graph, own).reduce((length, end) => Math.max(length, end), 0);
  });
}

/** By index of operation: what it takes. A transfer begins when the last of its group has come. */
function transferTimes(
  operations: readonly Operation[],
  { groups }: StepLinks,
): Float64Array<ArrayBuffer> {
  const times = mapInto(
    new Float64Array(operations.length),
    operations,
    ({ start, end }) => end - start,
  );
  for (const group of groups) {
    const begin = group.reduce((latest, i) => Math.max(latest, operations[i].start), -Infinity);
    for (const i of group) {
      times[i] = Math.max(0, operations[i].end - begin);
    }
  }
  return times;
}
