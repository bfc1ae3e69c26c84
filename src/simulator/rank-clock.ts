import type { SimulatedRun } from './simulated-run.ts';

/** True time → what the clock of a rank shows, in whole nanoseconds. */
export type RankClock = (trueNs: number) => number;

export function clockOf({ truth }: SimulatedRun, rank: number, zeroNs: number): RankClock {
  const { offsetNs, driftPpm } = truth.clocks[rank];
  const rate = 1 + driftPpm * 1e-6;
  return (trueNs) => zeroNs + offsetNs + Math.round(trueNs * rate);
}
