import type { LineCost, StepTime } from '../../src/core/model/report.ts';

/** Of steps that all take the same. */
export function evenSteps(ns: number, count = 100): StepTime {
  return { p50Ns: ns, p95Ns: ns, p99Ns: ns, meanNs: ns, count };
}

/** A line that takes 100 of 1,000 ns in each of 100 steps, but for what is given. */
export function lineCost(fields: Partial<LineCost> = {}): LineCost {
  return {
    name: 'forward',
    phase: 'forward',
    location: { file: 'train.py', line: 10, how: 'recorded' },
    perStep: evenSteps(100),
    sharePercent: 10,
    byRank: [{ rank: 0, p50Ns: 100, sharePercent: 10 }],
    ...fields,
  };
}
