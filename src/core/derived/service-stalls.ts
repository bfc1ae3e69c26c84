import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { DeviceBusy, PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { Activity, collectActivity } from './host-activity.ts';
import { countUpTo, differenceOf, type Intervals } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { intervalsOfPhase } from './phase-intervals.ts';
import type { PhaseColumns } from './phases.ts';

/** What a training loop does besides training. */
export type ServicePhase = 'checkpoint' | 'logging' | 'validation';

const BACKWARD = phaseIndex('backward');
const OPTIMIZER = phaseIndex('optimizer');

/** When the training loop serves one such purpose, inside steps and between them. Times are the trace's. */
export interface ServiceStall {
  readonly stretches: Activity;
  /** The part in which the device does nothing; all of it without a device. */
  readonly idle: Intervals;
}

export type ServiceStalls = Readonly<Record<ServicePhase, ServiceStall>>;

/**
 * Only of the training loop's own thread: what others write holds nothing up. A span that has backward passes
 * or optimizer steps inside is the training itself, whatever its name.
 */
export function computeServiceStalls(
  trace: Trace,
  phases: PhaseColumns,
  windows: PhaseIntervals,
  mainLane: LaneIndex,
  busy: DeviceBusy,
): ServiceStalls {
  const { first, end } = laneRange(trace, mainLane);
  const ofPhase = (...wanted: readonly number[]): Activity =>
    collectActivity(
      trace,
      first,
      end,
      (i) => wanted.includes(phases.own[i]),
      intervalsOfPhase(windows, wanted[0]),
    );
  const training = ofPhase(BACKWARD, OPTIMIZER).intervals;
  const stallOf = (phase: ServicePhase): ServiceStall => {
    const index = phaseIndex(phase);
    const stretches = without(ofPhase(index), training);
    return { stretches, idle: differenceOf(stretches.intervals, busy) };
  };
  return {
    checkpoint: stallOf('checkpoint'),
    logging: stallOf('logging'),
    validation: stallOf('validation'),
  };
}

/** The stretches in which none of the others begins. */
function without({ intervals, spans }: Activity, others: Intervals): Activity {
  const rows = [...intervals.start.keys()].filter(
    (row) =>
      countUpTo(others.start, intervals.start[row]) === countUpTo(others.start, intervals.end[row]),
  );
  return new Activity(
    {
      length: rows.length,
      start: mapInto(new Float64Array(rows.length), rows, (row) => intervals.start[row]),
      end: mapInto(new Float64Array(rows.length), rows, (row) => intervals.end[row]),
    },
    mapInto(new Int32Array(rows.length), rows, (row): SpanIndex => spans[row]),
  );
}
