import type { Nanoseconds } from './units.ts';

/** How the clock of a rank stands to that of the run. */
export interface RankClock {
  /** Rank time at which the offset holds: the middle of what it was measured over. */
  readonly referenceNs: Nanoseconds;
  /** Add to that time to get run time. */
  readonly offsetNs: Nanoseconds;
  /** By how many parts per million it runs faster than the run's clock. */
  readonly driftPpm: number;
}

export function toRunTime(clock: RankClock, rankNs: Nanoseconds): Nanoseconds {
  return rankNs + clock.offsetNs + lostBy(clock, rankNs);
}

export function toRankTime(clock: RankClock, runNs: Nanoseconds): Nanoseconds {
  const { referenceNs, offsetNs, driftPpm } = clock;
  return driftPpm === 0
    ? runNs - offsetNs
    : referenceNs + (runNs - offsetNs - referenceNs) * (1 + driftPpm * 1e-6);
}

/** The clock by which all that a rank does is told so much earlier. */
export function shiftClock(clock: RankClock, shiftNs: Nanoseconds): RankClock {
  return { ...clock, offsetNs: clock.offsetNs - shiftNs };
}

/** What the run's clock gains on the rank's since the reference. */
function lostBy({ referenceNs, driftPpm }: RankClock, rankNs: Nanoseconds): Nanoseconds {
  const drift = driftPpm * 1e-6;
  return drift === 0 ? 0 : (rankNs - referenceNs) * (-drift / (1 + drift));
}
