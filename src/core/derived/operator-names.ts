import { mapInto } from '../../base/map-into.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { laneRange } from './lane-range.ts';
import { type LoopOperators, WORK } from './loop-operators.ts';

const CPU_OP = categoryIndex('cpu-op');
/** What optimizers call: many tensors at once, one kernel for all of it, or each tensor by itself in place. */
const UPDATE =
  /^aten::(_foreach_(?!norm|zero|ones)\w+|_fused_(adam|adamw|sgd|adagrad)\w*|(add|sub|mul|div|addcmul|addcdiv|lerp|sqrt|sign)_)$/;
/** What optimizers written in Python call, beside those. */
const ARITHMETIC =
  /^aten::(add|sub|mul|div|addcmul|addcdiv|lerp|sqrt|rsqrt|square|pow|sign|linalg_\w*norm|norm|clamp|maximum|mm|bmm|addmm|tensordot)_?$/;
const MULTI_TENSOR = /^aten::_(foreach|fused)_/;
const ZERO = /^aten::(_foreach_)?zero_$/;
const READ = /^aten::(item|_local_scalar_dense|is_nonzero)$/;

/** What the names and numbers of the loop's operators tell. By row. */
export interface OperatorNames {
  /** Of autograd's numbers, whether the trace has any. */
  readonly isNumbered: boolean;
  /** Changes parameters: arithmetic that autograd does not follow. */
  readonly isUpdate: Uint8Array<ArrayBuffer>;
  /** Takes many tensors at once. */
  readonly isMultiTensor: Uint8Array<ArrayBuffer>;
  readonly isZero: Uint8Array<ArrayBuffer>;
  /** Reads a number on the host. */
  readonly isRead: Uint8Array<ArrayBuffer>;
}

export function readOperatorNames(
  trace: Trace,
  operators: LoopOperators,
  mainLane: LaneIndex,
): OperatorNames {
  const { spans, strings } = trace;
  const numbers = spans.autograd ?? null;
  const isFollowed = namesFollowed(trace, mainLane);
  const isNumbered = isFollowed.includes(1);
  const flags = (pattern: RegExp): Uint8Array<ArrayBuffer> => {
    const byName = mapInto(new Uint8Array(strings.length), strings, (name) =>
      pattern.test(name) ? 1 : 0,
    );
    return mapInto(
      new Uint8Array(operators.span.length),
      operators.span,
      (span) => byName[spans.name[span]],
    );
  };
  const isInPlace = flags(UPDATE);
  const isArithmetic = flags(ARITHMETIC);
  return {
    isNumbered,
    isUpdate: isInPlace.map((inPlace, row) => {
      const span = operators.span[row];
      const isCopy = operators.work[row] === WORK.copyIn || operators.work[row] === WORK.copyOut;
      const isLeftOut = isArithmetic[row] === 1 && isFollowed[spans.name[span]] === 1;
      return (inPlace === 1 || isLeftOut) && !isCopy && (numbers?.[span] ?? 0) === 0 ? 1 : 0;
    }),
    isMultiTensor: flags(MULTI_TENSOR),
    isZero: flags(ZERO),
    isRead: flags(READ),
  };
}

/** By name: 1 where autograd numbers any operator of the loop so called; it numbers none without gradients. */
function namesFollowed(trace: Trace, mainLane: LaneIndex): Uint8Array<ArrayBuffer> {
  const { spans, strings } = trace;
  const isFollowed = new Uint8Array(strings.length);
  const { first, end } = laneRange(trace, mainLane);
  for (let i = first; i < end; i++) {
    if (spans.category[i] === CPU_OP && (spans.autograd?.[i] ?? 0) !== 0) {
      isFollowed[spans.name[i]] = 1;
    }
  }
  return isFollowed;
}
