import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { countUpTo, type Intervals, IntervalsBuilder, uniteIntervals } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import type { LoopOperators } from './loop-operators.ts';
import { AUTOGRAD_NODE } from './main-lane.ts';

const COMMUNICATION = phaseIndex('communication');
/** The nodes of parameters have no number of a forward operator. */
const LEAF = /AccumulateGrad/;
/** `loss.backward()` begins with the gradient of the loss by itself. */
const SEED = /^aten::(ones_like|_foreach_ones_like)$/;

/** One forward and backward pass of the training loop. Rows are of its operators, times the trace's. */
export interface TrainingPass {
  /** The operator whose node the backward pass comes to last; -1 where no numbers of autograd tell. */
  readonly firstForward: number;
  /** The first operator that is not of the forward pass. */
  readonly endForward: number;
  readonly backwardStart: number;
  /** With the collectives that it waits for. */
  readonly backwardEnd: number;
}

/** The stretches in which autograd works and the loop calls no operator of its own, with what they go back over. */
export function listTrainingPasses(
  trace: Trace,
  operators: LoopOperators,
  mainLane: LaneIndex,
  backwardLanes: readonly LaneIndex[],
  own: Uint8Array,
): TrainingPass[] {
  const loopStarts = operators.start.filter((_, row) => operators.isBackward[row] === 0);
  const stretches = joinAcross(backwardWork(trace, operators, backwardLanes), loopStarts);
  const firstRows = firstForwardRows(trace, operators, mainLane, backwardLanes, stretches);
  const collectives = hostCollectives(trace, own, mainLane);
  return Array.from(stretches.start, (start, i) => {
    const at = lowerBound(operators.start, start);
    const isSeeded = at > 0 && SEED.test(trace.strings[trace.spans.name[operators.span[at - 1]]]);
    const next = loopStarts[lowerBound(loopStarts, stretches.end[i])] ?? stretches.end[i];
    return {
      firstForward: firstRows[i],
      endForward: isSeeded ? at - 1 : at,
      backwardStart: isSeeded ? operators.start[at - 1] : start,
      backwardEnd: Math.max(stretches.end[i], lastEndBetween(collectives, start, next)),
    };
  });
}

function lowerBound(ascending: Float64Array, value: number): number {
  let row = countUpTo(ascending, value);
  while (row > 0 && ascending[row - 1] === value) {
    row--;
  }
  return row;
}

function backwardWork(
  trace: Trace,
  operators: LoopOperators,
  lanes: readonly LaneIndex[],
): Intervals {
  const { start, duration } = trace.spans;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const lane of lanes) {
    const { first, end } = laneRange(trace, lane);
    for (let i = first; i < end; i++) {
      starts.push(start[i]);
      ends.push(start[i] + duration[i]);
    }
  }
  for (let row = 0; row < operators.length; row++) {
    if (operators.isBackward[row] === 1) {
      starts.push(operators.start[row]);
      ends.push(operators.end[row]);
    }
  }
  return uniteIntervals(starts, ends);
}

/** Joins neighbours where none of the times lies between them. */
function joinAcross(stretches: Intervals, times: Float64Array): Intervals {
  const builder = new IntervalsBuilder();
  let start = stretches.start.at(0) ?? 0;
  for (let i = 0; i < stretches.length; i++) {
    const end = stretches.end[i];
    const next = stretches.start[i + 1] ?? Infinity;
    if (next === Infinity || countUpTo(times, next) > lowerBound(times, end)) {
      builder.add(start, end);
      start = next;
    }
  }
  return builder.finish();
}

/** By stretch: the last operator with the lowest number that the stretch has and none before it had. */
function firstForwardRows(
  trace: Trace,
  operators: LoopOperators,
  mainLane: LaneIndex,
  backwardLanes: readonly LaneIndex[],
  stretches: Intervals,
): Int32Array<ArrayBuffer> {
  const rows = new Int32Array(stretches.length).fill(-1);
  const { autograd, start } = trace.spans;
  if (autograd === null || autograd === undefined) {
    return rows;
  }
  const lowest = lowestNumbers(trace, autograd, [...backwardLanes, mainLane], stretches);
  const { first, end } = laneRange(trace, mainLane);
  for (let i = first; i < end; i++) {
    const pass = autograd[i] === 0 ? rows.length : countUpTo(stretches.start, start[i]);
    if (pass < rows.length && autograd[i] === lowest[pass]) {
      rows[pass] = countUpTo(operators.start, start[i]) - 1;
    }
  }
  return rows;
}

function lowestNumbers(
  trace: Trace,
  autograd: Uint32Array,
  lanes: readonly LaneIndex[],
  stretches: Intervals,
): Float64Array<ArrayBuffer> {
  const { spans, strings } = trace;
  const isNode = mapInto(new Uint8Array(strings.length), strings, (name) =>
    AUTOGRAD_NODE.test(name) && !LEAF.test(name) ? 1 : 0,
  );
  const lowest = new Float64Array(stretches.length).fill(Infinity);
  const highest = new Float64Array(stretches.length);
  const visit = (see: (stretch: number, number: number) => void): void => {
    for (const lane of lanes) {
      const { first, end } = laneRange(trace, lane);
      for (let i = first; i < end; i++) {
        const stretch = countUpTo(stretches.start, spans.start[i]) - 1;
        if (isNode[spans.name[i]] === 1 && autograd[i] !== 0 && stretch >= 0) {
          see(stretch, autograd[i]);
        }
      }
    }
  };
  visit((stretch, number) => (highest[stretch] = Math.max(highest[stretch], number)));
  for (let i = 1; i < highest.length; i++) {
    highest[i] = Math.max(highest[i], highest[i - 1]);
  }
  visit((stretch, number) => {
    if (number > (highest[stretch - 1] ?? 0)) {
      lowest[stretch] = Math.min(lowest[stretch], number);
    }
  });
  return lowest;
}

/** Collectives on other threads, which a run without a device waits for. */
function hostCollectives({ spans, lanes }: Trace, own: Uint8Array, mainLane: LaneIndex): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  if (!lanes.some(({ kind }) => kind === 'stream')) {
    lanes.forEach(({ first, count }, lane) => {
      for (let i = first; lane !== mainLane && i < first + count; i++) {
        if (own[i] === COMMUNICATION) {
          starts.push(spans.start[i]);
          ends.push(spans.start[i] + spans.duration[i]);
        }
      }
    });
  }
  return uniteIntervals(starts, ends);
}

/** The end of the last that begins and ends in the window; -Infinity where there is none. */
function lastEndBetween({ start, end }: Intervals, from: number, to: number): number {
  const last = countUpTo(end, to) - 1;
  return last >= 0 && start[last] >= from ? end[last] : -Infinity;
}
