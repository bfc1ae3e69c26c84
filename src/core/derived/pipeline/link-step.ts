import type { OperationKind } from '../../model/operation.ts';
import { type Links, linksOf } from '../replay/graph.ts';
import type { Operation, StepOperations, Worker } from './operations.ts';

/** What must have ended before each operation begins, and which operations begin together. */
export interface StepLinks {
  /** Between operations by index. */
  readonly links: Links;
  /** Sends with their receives, and collectives, by index: each ends once all of it has begun. */
  readonly groups: readonly (readonly number[])[];
}

type Direction = 'forward' | 'backward';

const DIRECTIONS: readonly Direction[] = ['forward', 'backward'];

/** The first backward transfers are asked for while the second-last forward before them is done (1F1B). */
const FORWARDS_BEFORE_FIRST_BACKWARD = 2;

/** The operations of one worker in one step by kind, in program order. */
type Program = ReadonlyMap<OperationKind, readonly Operation[]>;

interface StagePlace {
  readonly worker: Worker;
  readonly operations: readonly Operation[];
  readonly program: Program;
}

/**
 * The dependencies of a step of training with pipeline parallelism: program order on each stream, a send
 * with its receive, collectives as barriers of their group, and the order of micro-batches (OSDI'25,
 * arXiv 2505.05713, section 3). They follow from what each worker does in which order, whatever it takes. Null where
 * sends and receives do not pair up.
 */
export function linkStep({ byWorker }: StepOperations): StepLinks | null {
  const places = [...byWorker].map(([worker, operations]) => ({
    worker,
    operations,
    program: byKind(operations),
  }));
  const count = places.reduce((sum, { operations }) => sum + operations.length, 0);
  const from: number[] = [];
  const to: number[] = [];
  const link = (earlier: Operation, later: Operation): void => {
    from.push(earlier.index);
    to.push(later.index);
  };
  const chain = (operations: readonly Operation[], before: readonly Operation[] = []): void => {
    const first = operations.at(0);
    if (first !== undefined) {
      before.forEach((operation) => link(operation, first));
    }
    for (let i = 1; i < operations.length; i++) {
      link(operations[i - 1], operations[i]);
    }
  };
  const size = sizeOf(places);
  for (const place of places) {
    linkCompute(place, chain);
    linkCollectives(place, chain);
    if (!DIRECTIONS.every((direction) => linkTransfers(place, direction, size, chain))) {
      return null;
    }
  }
  const pairs = pairTransfers(places, size);
  if (pairs === null) {
    return null;
  }
  return {
    links: linksOf(count, from, to).links,
    groups: pairs.concat(joinCollectives(places, size)),
  };
}

type Chain = (operations: readonly Operation[], before?: readonly Operation[]) => void;

/** How the model is cut into stages, and each stage into chunks. */
interface PipelineSize {
  readonly stages: number;
  readonly chunks: number;
}

function sizeOf(places: readonly StagePlace[]): PipelineSize {
  let stages = 0;
  let chunks = 0;
  for (const { worker, program } of places) {
    stages = Math.max(stages, worker.stage + 1);
    for (const { chunk } of computesOf(program, 'forward')) {
      chunks = Math.max(chunks, chunk + 1);
    }
  }
  return { stages, chunks };
}

function byKind(operations: readonly Operation[]): Program {
  const program = new Map<OperationKind, Operation[]>();
  for (const operation of operations) {
    const own = program.get(operation.kind) ?? [];
    program.set(operation.kind, own);
    own.push(operation);
  }
  return program;
}

function of(program: Program, ...kinds: readonly OperationKind[]): Operation[] {
  return kinds.flatMap((kind) => program.get(kind) ?? []);
}

function computesOf(program: Program, direction: Direction): readonly Operation[] {
  return program.get(`${direction}-compute`) ?? [];
}

function linkCompute({ operations, program }: StagePlace, chain: Chain): void {
  const computes = operations.filter(
    ({ kind }) => kind === 'forward-compute' || kind === 'backward-compute',
  );
  chain(computes);
  const first = computes.findIndex(({ kind }) => kind === 'backward-compute');
  if (first >= FORWARDS_BEFORE_FIRST_BACKWARD) {
    const before = [computes[first - FORWARDS_BEFORE_FIRST_BACKWARD]];
    chain(of(program, 'backward-recv').slice(0, 1), before);
    chain(of(program, 'backward-send').slice(0, 1), before);
  }
}

/** Parameters come before the first forward of their chunk; gradients and the optimizer after the last compute. */
function linkCollectives({ operations, program }: StagePlace, chain: Chain): void {
  chain(
    operations.filter(
      ({ kind }) => kind === 'params-all-gather' || kind === 'grads-reduce-scatter',
    ),
  );
  const lastGather = new Map(of(program, 'params-all-gather').map((op) => [op.chunk, op]));
  for (const [chunk, gather] of lastGather) {
    const first = computesOf(program, 'forward').find((op) => op.chunk === chunk);
    if (first !== undefined) {
      chain([first], [gather]);
    }
  }
  const ends = DIRECTIONS.flatMap((direction) => computesOf(program, direction).slice(-1));
  const last = ends.sort((a, b) => a.index - b.index).slice(-1);
  const reduce = of(program, 'grads-reduce-scatter');
  const local = of(program, 'layernorm-grads-all-reduce', 'embedding-grads-all-reduce');
  const close = of(program, 'optimizer-clip-main-grad', 'optimizer');
  const separate = of(program, 'separate-grads-all-reduce');
  const collected = of(program, 'gc');
  chain(collected, last);
  const computed = collected.length > 0 ? collected.slice(-1) : last;
  if (separate.length === 0) {
    chain([...local, ...reduce, ...close], computed);
    return;
  }
  for (const chunk of new Set(reduce.map((op) => op.chunk))) {
    const firstReduce = reduce.filter((op) => op.chunk === chunk).slice(0, 1);
    const lastBackward = computesOf(program, 'backward').filter((op) => op.chunk === chunk);
    chain(firstReduce, lastBackward.slice(-1));
  }
  chain([...local, ...separate, ...close], [...reduce.slice(-1), ...computed]);
}

/** A receive comes between the compute before and its own; a send after its own. */
function linkTransfers(
  { worker, program }: StagePlace,
  direction: Direction,
  size: PipelineSize,
  chain: Chain,
): boolean {
  const computes = computesOf(program, direction);
  const sends = of(program, `${direction}-send`);
  const receives = of(program, `${direction}-recv`);
  chain(sends);
  chain(receives);
  const sending = matchComputes(sends, computes, (op) => hasNext(op, worker, direction, size));
  const receiving = matchComputes(receives, computes, (op) =>
    hasNext(op, worker, opposite(direction), size),
  );
  if (sending === null || receiving === null) {
    return false;
  }
  sending.forEach((compute, i) => chain([sends[i]], [computes[compute]]));
  receiving.forEach((compute, i) => {
    chain([computes[compute]], [receives[i]]);
    chain([receives[i]], computes.slice(compute - 1, compute));
  });
  return true;
}

/** By transfer: the row of its compute; transfers stand at every compute, or where there is a peer. */
function matchComputes(
  transfers: readonly Operation[],
  computes: readonly Operation[],
  hasPeer: (compute: Operation) => boolean,
): number[] | null {
  const rows = [...computes.keys()];
  const needed = rows.filter((row) => hasPeer(computes[row]));
  return transfers.length === rows.length
    ? rows
    : transfers.length === needed.length
      ? needed
      : null;
}

/** Whether the model goes on behind the chunk in this direction. */
function hasNext(
  { chunk }: Operation,
  { stage }: Worker,
  direction: Direction,
  { stages, chunks }: PipelineSize,
): boolean {
  const next = chunk * stages + stage + (direction === 'forward' ? 1 : -1);
  return next >= 0 && next < stages * chunks;
}

function opposite(direction: Direction): Direction {
  return direction === 'forward' ? 'backward' : 'forward';
}

/** Each send that has a peer with the receive that has the same place in its order; null where one lacks the other. */
function pairTransfers(places: readonly StagePlace[], size: PipelineSize): number[][] | null {
  const byPlace = new Map(places.map((place) => [keyOf(place.worker, place.worker.stage), place]));
  const pairs: number[][] = [];
  for (const { worker, program } of places) {
    for (const direction of DIRECTIONS) {
      const stage = (worker.stage + (direction === 'forward' ? 1 : size.stages - 1)) % size.stages;
      const peer = byPlace.get(keyOf(worker, stage));
      const sends = withPeer(program, worker, direction, 'send', size);
      const receives =
        peer === undefined ? [] : withPeer(peer.program, peer.worker, direction, 'recv', size);
      if (sends.length !== receives.length) {
        return null;
      }
      sends.forEach((send, i) => pairs.push([send.index, receives[i].index]));
    }
  }
  return pairs;
}

function keyOf({ dataRank, tensorRank }: Worker, stage: number): string {
  return `${dataRank} ${tensorRank} ${stage}`;
}

function withPeer(
  program: Program,
  worker: Worker,
  direction: Direction,
  part: 'send' | 'recv',
  size: PipelineSize,
): Operation[] {
  const computes = computesOf(program, direction);
  const towards = part === 'send' ? direction : opposite(direction);
  const hasPeer = (compute: Operation): boolean => hasNext(compute, worker, towards, size);
  const transfers = of(program, `${direction}-${part}`);
  const rows = matchComputes(transfers, computes, hasPeer) ?? [];
  return transfers.filter((_, i) => hasPeer(computes[rows[i]]));
}

/** Collectives of data ranks, of the first and the last stage, and of all. */
function joinCollectives(places: readonly StagePlace[], { stages }: PipelineSize): number[][] {
  const groups = new Map<string, number[]>();
  const join = (key: string, { index }: Operation): void => {
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(index);
  };
  for (const { worker, program } of places) {
    const { stage, dataRank, tensorRank } = worker;
    for (const kind of [
      'params-all-gather',
      'grads-reduce-scatter',
      'separate-grads-all-reduce',
    ] as const) {
      of(program, kind).forEach((op, i) => join(`${kind} ${i} ${stage} ${tensorRank}`, op));
    }
    of(program, 'layernorm-grads-all-reduce').forEach((op, i) =>
      join(`layernorm ${i} ${stage} ${dataRank}`, op),
    );
    of(program, 'optimizer-clip-main-grad').forEach((op, i) => join(`clip ${i}`, op));
    if (stage === 0 || stage === stages - 1) {
      of(program, 'embedding-grads-all-reduce').forEach((op, i) =>
        join(`embedding ${i} ${dataRank} ${tensorRank}`, op),
      );
    }
  }
  return [...groups.values()];
}
