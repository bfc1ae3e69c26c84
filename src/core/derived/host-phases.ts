import { phaseIndex } from '../model/phase.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { laneRange } from './lane-range.ts';
import { fillHoles, intervalsOfPhase, PhaseIntervalsBuilder } from './phase-intervals.ts';

const DATA = phaseIndex('data');
const VALIDATION = phaseIndex('validation');

/**
 * What the thread of the training loop does: each instant in the phase of the innermost span that has one, else in
 * the phase that the structure of the loop tells. `inherited` is by span.
 */
export function computeHostPhases(
  trace: Trace,
  inherited: Uint8Array,
  windows: PhaseIntervals,
  mainLane: LaneIndex,
): PhaseIntervals {
  const builder = new PhaseIntervalsBuilder();
  sweepLane(trace, inherited, mainLane, builder);
  return [...new Set(windows.phase)].reduce(
    (filled, phase) => fillHoles(filled, intervalsOfPhase(windows, phase), phase),
    builder.finish(),
  );
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
