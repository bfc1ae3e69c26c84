import { phaseIndex } from '../model/phase.ts';
import { DEVICE_CLASSES, type DeviceBusy, type PhaseIntervals } from '../model/tables.ts';
import { type Intervals, IntervalsBuilder } from './intervals.ts';

const COMMUNICATION_CLASS = DEVICE_CLASSES.indexOf('communication');
const COMMUNICATION_PHASE = phaseIndex('communication');

/** When communication holds a rank up: on its device without compute beside it, else on its main thread. */
export function computeExposedCommunication(
  busy: DeviceBusy,
  hostPhases: PhaseIntervals,
): Intervals {
  const builder = new IntervalsBuilder();
  for (let i = 0; i < busy.length; i++) {
    if (busy.kind[i] === COMMUNICATION_CLASS) {
      builder.add(busy.start[i], busy.end[i]);
    }
  }
  for (let i = 0; busy.length === 0 && i < hostPhases.length; i++) {
    if (hostPhases.phase[i] === COMMUNICATION_PHASE) {
      builder.add(hostPhases.start[i], hostPhases.end[i]);
    }
  }
  return builder.finish();
}
