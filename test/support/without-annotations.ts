import { categoryIndex } from '../../src/core/model/span-category.ts';
import type { Spans, Trace } from '../../src/core/model/trace.ts';

const NAMED = new Set(
  (['annotation', 'device-annotation', 'step'] as const).map((category) => categoryIndex(category)),
);
const CPU_OP = categoryIndex('cpu-op');
const PYTHON = categoryIndex('python');
/** Annotations of the profiler of 2021, which wrote them as operators. */
const ANNOTATION_NAME =
  /^(ProfilerStep#\d+|Optimizer\.\w+#.*|enumerate\(DataLoader\)#.*|DistributedDataParallel\.forward)$/;
const STEP_NAME = /^ProfilerStep#\d+$/;

export interface Kept {
  /** Keep `ProfilerStep#N`; without, nothing tells of steps. */
  readonly steps: boolean;
  /** Keep Python's frames, in the columns too. */
  readonly frames: boolean;
}

/** The trace as it would have been written without annotations. */
export function withoutAnnotations(trace: Trace, kept: Kept): Trace {
  const { spans, strings } = trace;
  const rows: number[] = [];
  const lanes = trace.lanes.map((lane) => {
    const first = rows.length;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      const name = strings[spans.name[i]];
      const isAnnotation =
        NAMED.has(spans.category[i]) ||
        (spans.category[i] === CPU_OP && ANNOTATION_NAME.test(name));
      const isDropped = isAnnotation
        ? !(kept.steps && STEP_NAME.test(name))
        : spans.category[i] === PYTHON && !kept.frames;
      if (!isDropped) {
        rows.push(i);
      }
    }
    return { ...lane, first, count: rows.length - first };
  });
  const rowOf = new Map(rows.map((row, i) => [row, i]));
  const { collectives } = trace;
  const taken = [...collectives.span.keys()].filter((i) => rowOf.has(collectives.span[i]));
  return {
    ...trace,
    lanes,
    spans: takeRows(spans, rows, kept.frames),
    collectives: {
      length: taken.length,
      span: Uint32Array.from(taken, (i) => rowOf.get(collectives.span[i]) ?? 0),
      operation: Uint32Array.from(taken, (i) => collectives.operation[i]),
      group: Uint32Array.from(taken, (i) => collectives.group[i]),
      sequence: Float64Array.from(taken, (i) => collectives.sequence[i]),
      elements: Float64Array.from(taken, (i) => collectives.elements[i]),
    },
  };
}

function takeRows(spans: Spans, rows: readonly number[], keepsFrames: boolean): Spans {
  const uint32 = (column: Uint32Array): Uint32Array<ArrayBuffer> =>
    Uint32Array.from(rows, (row) => column[row]);
  const float64 = (column: Float64Array): Float64Array<ArrayBuffer> =>
    Float64Array.from(rows, (row) => column[row]);
  return {
    length: rows.length,
    start: float64(spans.start),
    duration: float64(spans.duration),
    name: uint32(spans.name),
    lane: uint32(spans.lane),
    category: Uint8Array.from(rows, (row) => spans.category[row]),
    correlation: spans.correlation && uint32(spans.correlation),
    externalId: spans.externalId && uint32(spans.externalId),
    byteOffset: float64(spans.byteOffset),
    file: null,
    line: null,
    step: null,
    recordedPhase: null,
    stack: spans.stack === null || !keepsFrames ? null : uint32(spans.stack),
    autograd:
      spans.autograd === null || spans.autograd === undefined ? null : uint32(spans.autograd),
  };
}
