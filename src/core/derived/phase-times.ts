import { PHASES } from '../model/phase.ts';
import type { DeviceBusy, Gaps, PhaseIntervals, Steps } from '../model/tables.ts';
import { phaseOfGap } from './device-phases.ts';
import { type Intervals, IntervalsBuilder, unionOf } from './intervals.ts';
import { timePerStep } from './step-windows.ts';

export interface PhaseSources {
  readonly busy: DeviceBusy;
  readonly gaps: Gaps;
  readonly devicePhases: PhaseIntervals;
  readonly loopPhases: PhaseIntervals;
}

/**
 * By phase: with a device, when it works on it or waits for it; else when the thread of the training loop is in it.
 * Under `none`: when the device is idle for a cause that is no phase.
 */
export function intervalsByPhase(sources: PhaseSources): readonly Intervals[] {
  const hasDevice = sources.busy.length > 0;
  const { length, start, end, phase } = hasDevice ? sources.devicePhases : sources.loopPhases;
  const busy = PHASES.map(() => new IntervalsBuilder());
  for (let i = 0; i < length; i++) {
    busy[phase[i]]?.add(start[i], end[i]);
  }
  const waits = PHASES.map(() => new IntervalsBuilder());
  const { gaps } = sources;
  for (let gap = 0; hasDevice && gap < gaps.length; gap++) {
    waits[phaseOfGap(gaps, gap)]?.add(gaps.start[gap], gaps.end[gap]);
  }
  return busy.map((builder, index) => unionOf(builder.finish(), waits[index].finish()));
}

/** By phase, then by row of steps: how much of the step it has, as in {@link intervalsByPhase}. */
export function computePhaseTimes(
  sources: PhaseSources,
  steps: Steps,
): readonly Float64Array<ArrayBuffer>[] {
  const rows = [...steps.start.keys()];
  return intervalsByPhase(sources).map((intervals) => timePerStep(intervals, steps, rows));
}
