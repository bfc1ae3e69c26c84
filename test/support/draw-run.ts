import { phaseIndex, type Phase } from '../../src/core/model/phase.ts';
import type { Run } from '../../src/core/model/run.ts';
import { categoryIndex, type SpanCategory } from '../../src/core/model/span-category.ts';
import type { Lane, LaneKind, Trace, TraceMeta } from '../../src/core/model/trace.ts';

/** A span to put into a trace; times in nanoseconds. */
export interface SpanSpec {
  readonly lane: string;
  readonly name: string;
  readonly category: SpanCategory;
  readonly start: number;
  readonly duration: number;
  readonly correlation?: number;
  readonly externalId?: number;
  readonly file?: string;
  readonly line?: number;
  readonly phase?: Phase;
  /** The step's number as a span file gives it. */
  readonly step?: number;
  /** Python frames, innermost first, separated by `;`. */
  readonly stack?: string;
  readonly collective?: { readonly group: string; readonly sequence: number };
}

/** What a letter of a drawing stands for. */
const LEGEND: Readonly<Record<string, readonly [name: string, category: SpanCategory]>> = {
  D: ['enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__', 'annotation'],
  d: ['enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__', 'annotation'],
  F: ['forward', 'annotation'],
  B: ['backward', 'annotation'],
  O: ['Optimizer.step#SGD.step', 'annotation'],
  W: ['save checkpoint', 'annotation'],
  L: ['log metrics', 'annotation'],
  V: ['validation', 'annotation'],
  P: ['train.py(61): main', 'python'],
  p: ['train.py(12): augment', 'python'],
  l: ['cudaLaunchKernel', 'runtime'],
  m: ['cudaMemcpyAsync', 'runtime'],
  Y: ['cudaStreamSynchronize', 'runtime'],
  w: ['cudaStreamWaitEvent', 'runtime'],
  K: ['gemm', 'kernel'],
  C: ['ncclDevKernel_AllReduce_Sum_f32_RING_LL', 'kernel'],
  M: ['Memcpy HtoD (Pinned -> Device)', 'memcpy'],
  G: ['gloo:all_reduce', 'annotation'],
  S: ['aten::something', 'cpu-op'],
  A: ['cudaMalloc', 'runtime'],
  g: ['gc.collect', 'annotation'],
  J: ['_compile.compile_inner (dynamo_timed)', 'annotation'],
  k: ['ampere_sgemm_128x64_tn', 'kernel'],
  U: ['Memcpy HtoD (Pageable -> Device)', 'memcpy'],
};

const LAUNCHES = new Set(['l', 'm']);
const LAUNCHED = new Set(['K', 'C', 'M', 'k', 'U']);

export interface DrawOptions {
  /** The time that a character stands for. */
  readonly tickNs?: number;
  /** How often the drawing repeats, each time as one `ProfilerStep`. */
  readonly steps?: number;
  /** Without, the repetitions are not marked as steps. */
  readonly markSteps?: boolean;
  readonly meta?: Partial<TraceMeta>;
}

/** A drawing of one step, or one for each step. */
export type Drawing = string | ((step: number) => string);

/**
 * A run from drawings, one a rank. A line is a lane: its name, then a character a tick; a letter of the
 * legend begins a span, `-` goes on with it, anything else is a pause. The n-th launch belongs to the n-th
 * work of the device. A lane may have several lines, for spans inside others.
 *
 *     main      D-----F-l-B-l-
 *     stream 7          K---K---
 */
export function drawRun(drawings: readonly Drawing[], options: DrawOptions = {}): Run {
  return {
    name: 'drawn',
    ranks: drawings.map((drawing, rank) => ({
      rank,
      file: `rank${rank}.pt.trace.json`,
      trace: buildTrace(drawSpans(drawing, options), {
        rank,
        worldSize: drawings.length,
        originNs: 1_000_000_000n,
        ...options.meta,
      }),
    })),
  };
}

function drawSpans(drawing: Drawing, options: DrawOptions): SpanSpec[] {
  const tickNs = options.tickNs ?? 1_000_000;
  const spans: SpanSpec[] = [];
  let at = 0;
  for (let step = 0; step < (options.steps ?? 1); step++) {
    const rows = parseRows(typeof drawing === 'string' ? drawing : drawing(step));
    const width = Math.max(...rows.map(({ cells }) => cells.length));
    for (const { lane, cells } of rows) {
      spans.push(...drawRow(lane, cells, at, tickNs));
    }
    if (options.markSteps !== false) {
      const name = `ProfilerStep#${step}`;
      const place = { start: at * tickNs, duration: width * tickNs };
      spans.push({ lane: 'main', name, category: 'annotation', ...place });
    }
    at += width;
  }
  return joinLaunches(spans);
}

/** Columns are those of the text: all lanes begin where the first letter after the longest name may stand. */
function parseRows(drawing: string): { lane: string; cells: string }[] {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => {
    const match = /^(main|stream \d+|thread \d+)\s/.exec(line.slice(indent));
    if (match === null) {
      throw new Error(`the drawing's line has no lane: ${line}`);
    }
    return { lane: match[1], cells: line.slice(indent + LABEL_WIDTH) };
  });
}

const LABEL_WIDTH = 10;

function drawRow(lane: string, cells: string, at: number, tickNs: number): SpanSpec[] {
  const spans: SpanSpec[] = [];
  for (let i = 0; i < cells.length; i++) {
    const kind = LEGEND[cells[i]] as (typeof LEGEND)[string] | undefined;
    if (kind !== undefined) {
      let end = i + 1;
      while (cells[end] === '-') {
        end++;
      }
      const [name, category] = kind;
      const place = { start: (at + i) * tickNs, duration: (end - i) * tickNs };
      spans.push({ lane, name, category, ...place });
    }
  }
  return spans;
}

function joinLaunches(spans: readonly SpanSpec[]): SpanSpec[] {
  const letterOf = ({ name }: SpanSpec): string =>
    Object.entries(LEGEND).find(([, [known]]) => known === name)?.[0] ?? '';
  const byStart = (a: SpanSpec, b: SpanSpec): number => a.start - b.start;
  const launches = spans.filter((span) => LAUNCHES.has(letterOf(span))).sort(byStart);
  const launched = spans.filter((span) => LAUNCHED.has(letterOf(span))).sort(byStart);
  return spans.map((span) => {
    const order = launches.includes(span) ? launches.indexOf(span) : launched.indexOf(span);
    return order < 0 ? span : { ...span, correlation: order + 1 };
  });
}

/** A trace from spans in any order. Lanes by name: `stream N`, `main`, `thread N`, `overhead`, `annotations`. */
export function buildTrace(specs: readonly SpanSpec[], meta: Partial<TraceMeta> = {}): Trace {
  const names = [...new Set(specs.map(({ lane }) => lane))];
  const ordered = [...specs].sort(
    (a, b) =>
      names.indexOf(a.lane) - names.indexOf(b.lane) || a.start - b.start || b.duration - a.duration,
  );
  const strings = [
    '',
    ...new Set(ordered.flatMap((span) => [span.name, span.file ?? '', span.stack ?? ''])),
  ];
  const idOf = (text: string | undefined): number =>
    text === undefined ? 0 : strings.indexOf(text);
  const floats = (pick: (span: SpanSpec) => number): Float64Array<ArrayBuffer> =>
    Float64Array.from(ordered, pick);
  const words = (pick: (span: SpanSpec) => number): Uint32Array<ArrayBuffer> =>
    Uint32Array.from(ordered, pick);
  const has = (key: keyof SpanSpec): boolean => ordered.some((span) => span[key] !== undefined);
  const none = {
    length: 0,
    time: new Float64Array(),
    lane: new Uint32Array(),
    name: new Uint32Array(),
  };
  const collectives = ordered.flatMap(({ collective }, span) =>
    collective === undefined ? [] : [{ span, ...collective }],
  );
  const groups = [...new Set(collectives.map(({ group }) => group))];
  return {
    meta: {
      format: 'kineto',
      rank: null,
      worldSize: null,
      backend: null,
      runName: null,
      script: null,
      devices: [],
      originNs: null,
      hasStacks: false,
      ...meta,
    },
    strings: [...strings, ...groups],
    lanes: names.map((name) => toLane(name, ordered)),
    spans: {
      length: ordered.length,
      start: floats(({ start }) => start),
      duration: floats(({ duration }) => duration),
      name: words(({ name }) => idOf(name)),
      lane: words(({ lane }) => names.indexOf(lane)),
      category: Uint8Array.from(ordered, ({ category }) => categoryIndex(category)),
      correlation: words(({ correlation }) => correlation ?? 0),
      externalId: words(({ externalId }) => externalId ?? 0),
      byteOffset: new Float64Array(ordered.length),
      file: has('file') ? words(({ file }) => idOf(file)) : null,
      line: has('line') ? words(({ line }) => line ?? 0) : null,
      step: has('step') ? words(({ step }) => (step === undefined ? 0 : step + 1)) : null,
      recordedPhase: has('phase')
        ? Uint8Array.from(ordered, ({ phase }) => phaseIndex(phase ?? 'none'))
        : null,
      stack: has('stack') ? words(({ stack }) => idOf(stack)) : null,
    },
    collectives: {
      length: collectives.length,
      span: Uint32Array.from(collectives, ({ span }) => span),
      operation: new Uint32Array(collectives.length),
      group: Uint32Array.from(collectives, ({ group }) => strings.length + groups.indexOf(group)),
      sequence: Float64Array.from(collectives, ({ sequence }) => sequence),
      elements: new Float64Array(collectives.length).fill(-1),
    },
    flows: { ...none, id: new Float64Array(), part: new Uint8Array() },
    counters: {
      length: 0,
      time: new Float64Array(),
      series: new Uint32Array(),
      value: new Float64Array(),
    },
    instants: none,
    counts: { read: ordered.length, kept: ordered.length, repaired: 0, dropped: 0, clipped: 0 },
    problems: [],
    byteLength: 0,
  };
}

function toLane(name: string, ordered: readonly SpanSpec[]): Lane {
  const kind: LaneKind = name.startsWith('stream')
    ? 'stream'
    : name.startsWith('annotations')
      ? 'device-annotations'
      : /^(main|thread)/.test(name)
        ? 'thread'
        : 'logical';
  return {
    kind,
    name,
    processId: '1',
    threadId: name,
    device: kind === 'stream' ? 0 : null,
    first: ordered.findIndex(({ lane }) => lane === name),
    count: ordered.filter(({ lane }) => lane === name).length,
  };
}
