import { phaseIndex } from '../model/phase.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { countUpTo, type Intervals, IntervalsBuilder } from './intervals.ts';
import { laneRange } from './lane-range.ts';

const DATA = phaseIndex('data');
const FORWARD = phaseIndex('forward');

/**
 * Where the structure of a step tells the forward pass that nothing names: from the end of the loader's wait
 * to the first work of the autograd thread. Nothing in steps that name a forward pass, or have no such thread.
 */
export function computeForwardWindows(
  trace: Trace,
  own: Uint8Array,
  backwardLanes: readonly LaneIndex[],
  mainLane: LaneIndex,
  steps: Steps,
): Intervals {
  const main = laneRange(trace, mainLane);
  if (main.end === main.first || backwardLanes.length === 0) {
    return new IntervalsBuilder().finish();
  }
  const { start, duration } = trace.spans;
  const backwardStarts = startsOf(trace, backwardLanes);
  const forwardStarts: number[] = [];
  const dataEnds: number[] = [];
  for (let i = main.first; i < main.end; i++) {
    if (own[i] === FORWARD) {
      forwardStarts.push(start[i]);
    } else if (own[i] === DATA) {
      dataEnds.push(start[i] + duration[i]);
    }
  }
  dataEnds.sort((a, b) => a - b);
  const windows = new IntervalsBuilder();
  for (let step = 0; step < steps.length; step++) {
    const from = steps.start[step];
    const until = steps.end[step];
    const backward = firstAfter(backwardStarts, from);
    if (backward < until && firstAfter(forwardStarts, from) >= until) {
      const waits = countUpTo(dataEnds, backward);
      windows.add(Math.max(from, waits > 0 ? dataEnds[waits - 1] : from), backward);
    }
  }
  return windows.finish();
}

function startsOf(trace: Trace, lanes: readonly LaneIndex[]): Float64Array<ArrayBuffer> {
  const starts: number[] = [];
  for (const index of lanes) {
    const { first, end } = laneRange(trace, index);
    for (let i = first; i < end; i++) {
      starts.push(trace.spans.start[i]);
    }
  }
  return Float64Array.from(starts).sort();
}

function firstAfter(ascending: ArrayLike<number>, time: number): number {
  const next = countUpTo(ascending, time);
  return next < ascending.length ? ascending[next] : Infinity;
}
