import type { Run } from '../../../src/core/model/run.ts';
import { categoryIndex, type SpanCategory } from '../../../src/core/model/span-category.ts';
import type { Lane, LaneKind, Trace } from '../../../src/core/model/trace.ts';

const STEP_NS = 300e6;
const LAYERS = 24;
const OPERATORS = 6;

interface Row {
  readonly start: number;
  readonly duration: number;
  readonly name: number;
  readonly category: number;
  readonly correlation: number;
}

const NAMES = [
  '',
  'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__',
  'forward',
  'backward',
  'Optimizer.step#SGD.step',
  'aten::linear',
  'aten::addmm',
  'cudaLaunchKernel',
  'autograd::engine::evaluate_function: AddmmBackward0',
  'AddmmBackward0',
  'ampere_sgemm_128x64_tn',
  'void at::native::vectorized_elementwise_kernel',
  'ncclDevKernel_AllReduce_Sum_f32_RING_LL',
  'nn.Module: Linear',
] as const;

function idOf(name: (typeof NAMES)[number]): number {
  return NAMES.indexOf(name);
}

/** The rows of one lane while a rank is drawn. */
class LaneRows {
  readonly rows: Row[] = [];

  add(
    name: (typeof NAMES)[number],
    category: SpanCategory,
    [start, duration]: readonly [number, number],
    correlation = 0,
  ): void {
    const place = { name: idOf(name), category: categoryIndex(category) };
    this.rows.push({ ...place, start, duration, correlation });
  }
}

/** A job of many ranks with nested operators, launches, kernels and reductions; some 2,100 spans a step and rank. */
export function makeBigRun(ranks: number, spans: number): Run {
  return {
    name: 'bench',
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      rank,
      file: `rank${rank}.json`,
      trace: makeRank(rank, ranks, Math.ceil(spans / ranks)),
    })),
  };
}

function makeRank(rank: number, worldSize: number, spans: number): Trace {
  const lanes = {
    main: new LaneRows(),
    engine: new LaneRows(),
    compute: new LaneRows(),
    nccl: new LaneRows(),
  };
  const all = Object.values(lanes);
  const strings: string[] = [...NAMES];
  let step = 0;
  while (all.reduce((sum, { rows }) => sum + rows.length, 0) < spans) {
    strings.push(`ProfilerStep#${step}`);
    drawStep(lanes, step, strings.length - 1, rank);
    step++;
  }
  return toTrace(rank, worldSize, strings, [
    ['main', 'thread', lanes.main],
    ['autograd', 'thread', lanes.engine],
    ['stream 7', 'stream', lanes.compute],
    ['stream 20', 'stream', lanes.nccl],
  ]);
}

type Lanes = Readonly<Record<'main' | 'engine' | 'compute' | 'nccl', LaneRows>>;

function drawStep(lanes: Lanes, step: number, name: number, rank: number): void {
  const begin = step * STEP_NS + ((rank * 7919 + step * 104_729) % 997) * 1e3;
  const { main } = lanes;
  const category = categoryIndex('annotation');
  const length = STEP_NS - 2e6;
  main.rows.push({ name, category, start: begin, duration: length, correlation: 0 });
  const data = step % 8 === 7 ? 90e6 : 30e6;
  main.add('enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__', 'annotation', [
    begin + 1e5,
    data,
  ]);
  const forward = begin + data + 1e6;
  const each = (length - data - 30e6) / 3;
  main.add('forward', 'annotation', [forward, each]);
  drawForward(lanes, forward, each, step);
  const backward = forward + each + 1e6;
  main.add('backward', 'annotation', [backward, 1.8 * each]);
  drawBackward(lanes, backward, 1.8 * each, step);
  main.add('Optimizer.step#SGD.step', 'annotation', [backward + 1.8 * each + 1e6, 12e6]);
}

function drawForward({ main, compute }: Lanes, begin: number, length: number, step: number): void {
  const layer = length / LAYERS;
  const part = (layer * 0.9) / OPERATORS;
  for (let l = 0; l < LAYERS; l++) {
    const start = begin + l * layer;
    main.add('nn.Module: Linear', 'python', [start, layer * 0.95]);
    for (let o = 0; o < OPERATORS; o++) {
      const at = start + 2e3 + o * part;
      const correlation = ((step * LAYERS + l) * OPERATORS + o) * 2 + 1;
      main.add('aten::linear', 'cpu-op', [at, part * 0.8]);
      main.add('aten::addmm', 'cpu-op', [at + part * 0.1, part * 0.6]);
      main.add('cudaLaunchKernel', 'runtime', [at + part * 0.2, part * 0.2], correlation);
      const name =
        o % 2 === 0 ? 'ampere_sgemm_128x64_tn' : 'void at::native::vectorized_elementwise_kernel';
      compute.add(
        name,
        'kernel',
        [at + part * 0.45, part * (o % 2 === 0 ? 0.9 : 0.3)],
        correlation,
      );
    }
  }
}

function drawBackward(
  { engine, compute, nccl }: Lanes,
  begin: number,
  length: number,
  step: number,
): void {
  const layer = length / LAYERS;
  const part = (layer * 0.9) / OPERATORS;
  for (let l = 0; l < LAYERS; l++) {
    const start = begin + l * layer;
    for (let o = 0; o < OPERATORS; o++) {
      const at = start + 2e3 + o * part;
      const correlation = ((step * LAYERS + l) * OPERATORS + o) * 2 + 2;
      engine.add('autograd::engine::evaluate_function: AddmmBackward0', 'cpu-op', [
        at,
        part * 0.85,
      ]);
      engine.add('AddmmBackward0', 'cpu-op', [at + part * 0.05, part * 0.7]);
      engine.add('cudaLaunchKernel', 'runtime', [at + part * 0.2, part * 0.2], correlation);
      compute.add('ampere_sgemm_128x64_tn', 'kernel', [at + part * 0.45, part * 0.5], correlation);
    }
    nccl.add('ncclDevKernel_AllReduce_Sum_f32_RING_LL', 'kernel', [
      start + layer * 0.3,
      layer * 0.6,
    ]);
  }
}

function toTrace(
  rank: number,
  worldSize: number,
  strings: readonly string[],
  drawn: readonly (readonly [name: string, kind: LaneKind, rows: LaneRows])[],
): Trace {
  const all = drawn.flatMap(([, , { rows }]) => rows);
  const lanes: Lane[] = [];
  const lane = new Uint32Array(all.length);
  let first = 0;
  drawn.forEach(([name, kind, { rows }], i) => {
    lane.fill(i, first, first + rows.length);
    const device = kind === 'stream' ? 0 : null;
    lanes.push({ kind, name, processId: '1', threadId: name, device, first, count: rows.length });
    first += rows.length;
  });
  const none = {
    length: 0,
    time: new Float64Array(),
    lane: new Uint32Array(),
    name: new Uint32Array(),
  };
  const { length } = all;
  return {
    meta: {
      ...{ format: 'kineto', rank, worldSize, backend: 'nccl', runName: null, script: null },
      ...{ devices: [], originNs: 1_000_000_000n, hasStacks: false },
    },
    strings,
    lanes,
    spans: {
      length,
      start: Float64Array.from(all, (row) => row.start),
      duration: Float64Array.from(all, (row) => row.duration),
      name: Uint32Array.from(all, (row) => row.name),
      lane,
      category: Uint8Array.from(all, (row) => row.category),
      correlation: Uint32Array.from(all, (row) => row.correlation),
      externalId: new Uint32Array(length),
      byteOffset: new Float64Array(length),
      ...{ file: null, line: null, step: null, recordedPhase: null, stack: null },
    },
    collectives: {
      length: 0,
      ...{ span: new Uint32Array(), operation: new Uint32Array(), group: new Uint32Array() },
      ...{ sequence: new Float64Array(), elements: new Float64Array() },
    },
    flows: { ...none, id: new Float64Array(), part: new Uint8Array() },
    counters: {
      length: 0,
      time: new Float64Array(),
      series: new Uint32Array(),
      value: new Float64Array(),
    },
    instants: none,
    counts: { read: length, kept: length, repaired: 0, dropped: 0, clipped: 0 },
    problems: [],
    byteLength: 0,
  };
}
