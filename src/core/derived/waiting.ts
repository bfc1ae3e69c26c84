import type { DeviceBusy } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import { type Intervals, uniteIntervals } from './intervals.ts';
import type { RankCollective } from './rank-collectives.ts';

/**
 * When a rank may do nothing but wait for others: with a device, in communication that no compute hides; else in the
 * collectives of the host's threads. Of span files with a device, in the last collective of each step: there the span
 * of the backward pass holds what the device waits for its end.
 */
export function computeWaiting(
  { meta }: Trace,
  busy: DeviceBusy,
  exposedCommunication: Intervals,
  collectives: readonly RankCollective[],
): Intervals {
  if (busy.length > 0 && meta.format !== 'spans') {
    return exposedCommunication;
  }
  const waited = busy.length > 0 ? lastOfEachStep(collectives) : collectives;
  return uniteIntervals(
    waited.map(({ start }) => start),
    waited.map(({ end }) => end),
  );
}

/** `collectives` are in the order of their start. */
function lastOfEachStep(collectives: readonly RankCollective[]): RankCollective[] {
  return [...new Map(collectives.map((collective) => [collective.step, collective])).values()];
}
