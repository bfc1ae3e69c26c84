import { phaseIndex } from '../model/phase.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import type { Intervals } from './intervals.ts';
import { fillHoles, PhaseIntervalsBuilder } from './phase-intervals.ts';

const COMMUNICATION = phaseIndex('communication');

/** The phases of the training loop's thread, in which communication that it waits for is none of the phase around it. */
export function computeLoopPhases(hostPhases: PhaseIntervals, exposed: Intervals): PhaseIntervals {
  const rest = new PhaseIntervalsBuilder();
  let k = 0;
  for (let i = 0; i < hostPhases.length; i++) {
    const end = hostPhases.end[i];
    let from = hostPhases.start[i];
    while (k < exposed.length && exposed.end[k] <= from) {
      k++;
    }
    for (let next = k; next < exposed.length && exposed.start[next] < end; next++) {
      rest.add(from, exposed.start[next], hostPhases.phase[i]);
      from = Math.max(from, exposed.end[next]);
    }
    rest.add(from, end, hostPhases.phase[i]);
  }
  return fillHoles(rest.finish(), exposed, COMMUNICATION);
}
