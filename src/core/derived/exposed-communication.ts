import { phaseIndex } from '../model/phase.ts';
import { DEVICE_CLASSES, type DeviceBusy, type PhaseIntervals } from '../model/tables.ts';
import type { BackwardPass } from './gradient-updates.ts';
import { countUpTo, type Intervals, IntervalsBuilder, uniteIntervals } from './intervals.ts';
import type { RankCollective } from './rank-collectives.ts';

const COMMUNICATION_CLASS = DEVICE_CLASSES.indexOf('communication');
const COMMUNICATION_PHASE = phaseIndex('communication');

/**
 * When communication holds a rank up: on its device without compute beside it. Without a device, on its main thread,
 * and at the end of a backward pass: its last collective begins when all gradients are there, so that the rest of the
 * pass waits for it.
 */
export function computeExposedCommunication(
  busy: DeviceBusy,
  hostPhases: PhaseIntervals,
  passes: readonly BackwardPass[],
  collectives: readonly RankCollective[],
): Intervals {
  return busy.length > 0
    ? intervalsOf(busy, busy.kind, COMMUNICATION_CLASS)
    : withEndsOfPasses(
        intervalsOf(hostPhases, hostPhases.phase, COMMUNICATION_PHASE),
        passes,
        collectives,
      );
}

function intervalsOf(
  { length, start, end }: Intervals,
  kinds: Uint8Array,
  wanted: number,
): Intervals {
  const builder = new IntervalsBuilder();
  for (let i = 0; i < length; i++) {
    if (kinds[i] === wanted) {
      builder.add(start[i], end[i]);
    }
  }
  return builder.finish();
}

/** `collectives` are in the order of their start. */
function withEndsOfPasses(
  own: Intervals,
  passes: readonly BackwardPass[],
  collectives: readonly RankCollective[],
): Intervals {
  const begins = collectives.map(({ start }) => start);
  const starts = [...own.start];
  const ends = [...own.end];
  for (const pass of passes) {
    const last = collectives[countUpTo(begins, pass.end) - 1] as RankCollective | undefined;
    if (last !== undefined && last.start > pass.start) {
      starts.push(last.start);
      ends.push(Math.min(last.end, pass.end));
    }
  }
  return uniteIntervals(starts, ends);
}
