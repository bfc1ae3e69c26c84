import { mapInto } from '../../base/map-into.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { laneRange } from './lane-range.ts';
import { isCopyToDevice } from './phase-names.ts';

const CPU_OP = categoryIndex('cpu-op');
const RUNTIME = categoryIndex('runtime');
const MEMCPY = categoryIndex('memcpy');

/** What the profilers of 2020 and 2021 wrote among the operators, and people's own ranges. */
const ANNOTATION = /^(ProfilerStep#|enumerate\(|Optimizer\.|DistributedDataParallel\.|##|\[)/;
const BACKWARD = /^(autograd::engine|torch::autograd::)|Backward\d*$/;
/** Copies of a batch are the whole operator's work; others copy a number on their way. */
const COPY = /^aten::(to|_to_copy|copy_|cuda|pin_memory)$/;
const FROM_DEVICE = /DtoH|Device ?-> ?Host|DeviceToHost/;

/** What an operator makes the device do. */
export const WORK = { none: 0, copyIn: 1, copyOut: 2, other: 3 } as const;

/** The operators that the thread of the training loop calls itself, those inside no other one, in time order. */
export interface LoopOperators {
  readonly length: number;
  readonly span: Int32Array<ArrayBuffer>;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Value of `WORK`: `copyIn` is the copy of a tensor to the device and nothing else. */
  readonly work: Uint8Array<ArrayBuffer>;
  /** 1 for operators of a backward pass: without a device, autograd runs on the thread that asks for it. */
  readonly isBackward: Uint8Array<ArrayBuffer>;
}

export function listLoopOperators(
  trace: Trace,
  partner: Int32Array,
  mainLane: LaneIndex,
): LoopOperators {
  const { spans, strings } = trace;
  const { first, end } = laneRange(trace, mainLane);
  const isAnnotation = mapInto(new Uint8Array(strings.length), strings, (name) =>
    ANNOTATION.test(name) ? 1 : 0,
  );
  const rows: SpanIndex[] = [];
  const work: number[] = [];
  let until = -Infinity;
  for (let i = first; i < end; i++) {
    const category = spans.category[i];
    const start = spans.start[i];
    if (category === CPU_OP && isAnnotation[spans.name[i]] === 0 && start >= until) {
      rows.push(i);
      work.push(WORK.none);
      until = start + spans.duration[i];
    } else if (category === RUNTIME && start < until && partner[i] >= 0) {
      const last = rows.length - 1;
      work[last] = Math.max(work[last], workOf(trace, rows[last], partner[i]));
    }
  }
  return {
    length: rows.length,
    span: Int32Array.from(rows),
    start: mapInto(new Float64Array(rows.length), rows, (i) => spans.start[i]),
    end: mapInto(new Float64Array(rows.length), rows, (i) => spans.start[i] + spans.duration[i]),
    work: Uint8Array.from(work),
    isBackward: mapInto(new Uint8Array(rows.length), rows, (i) =>
      BACKWARD.test(strings[spans.name[i]]) ? 1 : 0,
    ),
  };
}

function workOf({ spans, strings }: Trace, operator: SpanIndex, work: SpanIndex): number {
  const name = strings[spans.name[work]];
  if (spans.category[work] !== MEMCPY) {
    return WORK.other;
  }
  if (FROM_DEVICE.test(name)) {
    return WORK.copyOut;
  }
  return isCopyToDevice(name) && COPY.test(strings[spans.name[operator]])
    ? WORK.copyIn
    : WORK.other;
}
