import type { DerivedRank, RankSteps, RunDerived } from '../derived/run-derived.ts';
import { PHASES } from '../model/phase.ts';
import type { PhaseTime, RankReport } from '../model/report.ts';
import { percentilesOf, stepTimeOf } from './step-time.ts';

export function reportRanks({ ranks, analyzed }: RunDerived): RankReport[] {
  return ranks.map((rank, row) => {
    const { trace, tables } = rank;
    const steps = analyzed[row];
    const { device } = tables.work;
    const known =
      trace.meta.devices.find(({ index }) => index === device) ?? trace.meta.devices.at(0);
    return {
      rank: rank.rank,
      device: known === undefined ? null : { name: known.name, count: trace.meta.devices.length },
      stepTime: stepTimeOf(steps.durations),
      breakdown: tables.breakdown,
      deviceWindow: tables.deviceWindow,
      phases: phaseTimes(rank, steps),
    };
  });
}

function phaseTimes({ tables }: DerivedRank, { rows, durations }: RankSteps): PhaseTime[] {
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return PHASES.flatMap((phase, index) => {
    if (phase === 'none') {
      return [];
    }
    const times = rows.map((step) => tables.phaseTimes[index][step]);
    const totalNs = Math.round(times.reduce((sum, time) => sum + time, 0));
    return totalNs === 0
      ? []
      : [{ phase, totalNs, perStep: percentilesOf(times), sharePercent: (100 * totalNs) / total }];
  });
}
