import { phaseIndex } from '../model/phase.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { intersectionOf, IntervalsBuilder, type Intervals, uniteIntervals } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import type { PhaseColumns } from './phases.ts';

const BACKWARD = phaseIndex('backward');
const DATA = phaseIndex('data');
const FORWARD = phaseIndex('forward');
const VALIDATION = phaseIndex('validation');
/** The autograd thread's pauses up to this long belong to the backward pass. */
const BACKWARD_PAUSE_NS = 1_000_000;

/** What the thread of the training loop does, each instant in the phase of the innermost span that has one. */
export function computeHostPhases(
  trace: Trace,
  phases: PhaseColumns,
  mainLane: LaneIndex,
): PhaseIntervals {
  const builder = new PhaseIntervalsBuilder();
  sweepLane(trace, phases.inherited, mainLane, builder);
  const withBackward = fillHoles(
    builder.finish(),
    backwardActivity(trace, phases.backwardLanes),
    BACKWARD,
  );
  return fillHoles(withBackward, phases.forwardWindows, FORWARD);
}

/** Collects phases in time order and joins neighbours of the same phase. */
export class PhaseIntervalsBuilder {
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #phase: number[] = [];

  add(start: number, end: number, phase: number): void {
    if (end <= start || phase === 0) {
      return;
    }
    const last = this.#end.length - 1;
    if (last >= 0 && this.#end[last] === start && this.#phase[last] === phase) {
      this.#end[last] = end;
      return;
    }
    this.#start.push(start);
    this.#end.push(end);
    this.#phase.push(phase);
  }

  finish(): PhaseIntervals {
    return {
      length: this.#start.length,
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
      phase: Uint8Array.from(this.#phase),
    };
  }
}

function sweepLane(
  trace: Trace,
  inherited: Uint8Array,
  mainLane: LaneIndex,
  out: PhaseIntervalsBuilder,
): void {
  const lane = laneRange(trace, mainLane);
  const ends: number[] = [];
  const phases: number[] = [];
  let cursor = -Infinity;
  const emitUntil = (time: number): void => {
    if (time > cursor) {
      out.add(cursor, time, phases[phases.length - 1] ?? 0);
      cursor = time;
    }
  };
  const closeUntil = (time: number): void => {
    while (ends.length > 0 && ends[ends.length - 1] <= time) {
      emitUntil(ends[ends.length - 1]);
      ends.pop();
      phases.pop();
    }
  };
  for (let i = lane.first; i < lane.end; i++) {
    const start = trace.spans.start[i];
    closeUntil(start);
    emitUntil(start);
    ends.push(start + trace.spans.duration[i]);
    const isToValidate = phases[phases.length - 1] === VALIDATION && inherited[i] === DATA;
    phases.push(isToValidate ? VALIDATION : inherited[i]);
  }
  closeUntil(Infinity);
}

function backwardActivity(trace: Trace, lanes: readonly LaneIndex[]): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const index of lanes) {
    const { first, end } = laneRange(trace, index);
    for (let i = first; i < end; i++) {
      starts.push(trace.spans.start[i]);
      ends.push(trace.spans.start[i] + trace.spans.duration[i] + BACKWARD_PAUSE_NS);
    }
  }
  const padded = uniteIntervals(starts, ends);
  return { ...padded, end: padded.end.map((end) => end - BACKWARD_PAUSE_NS) };
}

function fillHoles(own: PhaseIntervals, windows: Intervals, phase: number): PhaseIntervals {
  if (windows.length === 0) {
    return own;
  }
  const holes = new IntervalsBuilder();
  let until = -Infinity;
  for (let i = 0; i < own.length; i++) {
    holes.add(until, own.start[i]);
    until = own.end[i];
  }
  holes.add(until, Infinity);
  const filled = intersectionOf(holes.finish(), windows);
  const merged = new PhaseIntervalsBuilder();
  let j = 0;
  for (let i = 0; i <= own.length; i++) {
    const start = own.start[i] ?? Infinity;
    while (j < filled.length && filled.start[j] < start) {
      merged.add(filled.start[j], filled.end[j], phase);
      j++;
    }
    if (i < own.length) {
      merged.add(start, own.end[i], own.phase[i]);
    }
  }
  return merged.finish();
}
