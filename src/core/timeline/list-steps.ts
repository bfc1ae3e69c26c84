import { toRunTime } from '../model/rank-clock.ts';
import type { Analysis } from '../model/tables.ts';
import type { StepColumns } from '../model/timeline.ts';

/** The steps of all ranks on the clock of the run. */
export function listSteps(analysis: Analysis): StepColumns {
  const length = analysis.ranks.reduce((sum, { steps }) => sum + steps.length, 0);
  const columns = {
    length,
    rank: new Int32Array(length),
    step: new Int32Array(length),
    start: new Float64Array(length),
    duration: new Float64Array(length),
    isWarmup: new Uint8Array(length),
  };
  let first = 0;
  for (const { rank, steps, clock } of analysis.ranks) {
    columns.rank.fill(rank, first, first + steps.length);
    columns.step.set(steps.number, first);
    columns.isWarmup.set(steps.isWarmup, first);
    for (let i = 0; i < steps.length; i++) {
      columns.start[first + i] = toRunTime(clock, steps.start[i]);
      columns.duration[first + i] = steps.end[i] - steps.start[i];
    }
    first += steps.length;
  }
  return columns;
}
