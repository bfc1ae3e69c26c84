import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { type Intervals, uniteIntervals } from './intervals.ts';
import { laneRange } from './lane-range.ts';

const DATA = phaseIndex('data');
const H2D = phaseIndex('h2d');
const OPTIMIZER = phaseIndex('optimizer');
const COMMUNICATION = phaseIndex('communication');
const STEP_MARK = /^ProfilerStep#\d+$/;
const ZERO_GRAD = /zero_?grad/i;

/** What names say of the parts of the loop. Times ascend. */
export interface NamedParts {
  /** Starts of marked steps. */
  readonly marks: Float64Array<ArrayBuffer>;
  /** Getting a batch and copying it to the device. */
  readonly batches: Intervals;
  readonly hasData: boolean;
  /** Steps of the optimizer, without setting gradients to zero. */
  readonly optimizers: Intervals;
  /** Starts of spans, by index of their phase. */
  readonly starts: ReadonlyMap<number, readonly number[]>;
  isCollective(span: SpanIndex): boolean;
}

export function readNamedParts(trace: Trace, own: Uint8Array, mainLane: LaneIndex): NamedParts {
  const { spans, strings } = trace;
  const isMark = mapInto(new Uint8Array(strings.length), strings, (name) =>
    STEP_MARK.test(name) ? 1 : 0,
  );
  const isZeroGrad = mapInto(new Uint8Array(strings.length), strings, (name) =>
    ZERO_GRAD.test(name) ? 1 : 0,
  );
  const marks: number[] = [];
  const batches: SpanIndex[] = [];
  const optimizers: SpanIndex[] = [];
  const starts = new Map<number, number[]>();
  const { first, end } = laneRange(trace, mainLane);
  for (let i = first; i < end; i++) {
    const phase = own[i];
    if (isMark[spans.name[i]] === 1) {
      marks.push(spans.start[i]);
    } else if (phase !== 0) {
      const known = starts.get(phase) ?? [];
      known.push(spans.start[i]);
      starts.set(phase, known);
      if (phase === DATA || phase === H2D) {
        batches.push(i);
      } else if (phase === OPTIMIZER && isZeroGrad[spans.name[i]] === 0) {
        optimizers.push(i);
      }
    }
  }
  const unite = (rows: readonly SpanIndex[]): Intervals =>
    uniteIntervals(
      rows.map((i) => spans.start[i]),
      rows.map((i) => spans.start[i] + spans.duration[i]),
    );
  return {
    marks: Float64Array.from(marks),
    batches: unite(batches),
    hasData: starts.has(DATA),
    optimizers: unite(optimizers),
    starts,
    isCollective: (span) => own[span] === COMMUNICATION,
  };
}
