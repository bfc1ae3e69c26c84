import { GAP_CAUSES, type GapCause } from '../model/report.ts';
import { phaseIndex, type Phase } from '../model/phase.ts';
import type { Gaps, PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { DeviceWork } from './device-work.ts';
import { PhaseIntervalsBuilder } from './phase-intervals.ts';

const OTHER = phaseIndex('other');

/** The phase that a device waits for, by the cause of the gap. */
const PHASE_OF_CAUSE: Partial<Record<GapCause, Phase>> = {
  data: 'data',
  copy: 'h2d',
  communication: 'communication',
  checkpoint: 'checkpoint',
};

/** Each busy instant of the device in the phase of the work that began last before it; work of no phase is `other`. */
export function computeDevicePhases(
  { spans }: Trace,
  work: DeviceWork,
  own: Uint8Array,
): PhaseIntervals {
  const builder = new PhaseIntervalsBuilder();
  let until = -Infinity;
  for (const i of work.order) {
    const start = spans.start[i];
    const end = start + spans.duration[i];
    builder.add(Math.max(start, until), end, own[i] || OTHER);
    until = Math.max(until, end);
  }
  return builder.finish();
}

/** Index into `PHASES` of what a gap waits for; 0 where its cause is no phase. */
export function phaseOfGap(gaps: Gaps, gap: number): number {
  const phase = PHASE_OF_CAUSE[GAP_CAUSES[gaps.cause[gap]]];
  return phase === undefined ? 0 : phaseIndex(phase);
}
