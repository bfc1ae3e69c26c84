import { phaseOfGap } from '../derived/device-phases.ts';
import { Coverage, type Intervals, IntervalsBuilder } from '../derived/intervals.ts';
import type { DerivedRank, RankSteps, RunDerived } from '../derived/run-derived.ts';
import { PHASES } from '../model/phase.ts';
import type { PhaseTime, RankReport } from '../model/report.ts';
import type { PhaseIntervals } from '../model/tables.ts';
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

/** With a device: what it works on or waits for; else what the main thread does. */
function phaseTimes({ tables }: DerivedRank, { rows, durations }: RankSteps): PhaseTime[] {
  const hasDevice = tables.busy.length > 0;
  const intervals = intervalsByPhase(hasDevice ? tables.devicePhases : tables.loopPhases);
  const waits = PHASES.map(() => new Float64Array(tables.steps.length));
  for (let gap = 0; hasDevice && gap < tables.gaps.length; gap++) {
    const perStep = waits[phaseOfGap(tables.gaps, gap)] as Float64Array;
    const step = tables.gaps.step[gap];
    perStep[step] = perStep[step] + tables.gaps.end[gap] - tables.gaps.start[gap];
  }
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return PHASES.flatMap((phase, index) => {
    if (phase === 'none') {
      return [];
    }
    const coverage = new Coverage(intervals[index]);
    const times = rows.map((step) => {
      const { start, end } = tables.steps;
      return coverage.within(start[step], end[step]) + (waits[index]?.[step] ?? 0);
    });
    const totalNs = Math.round(times.reduce((sum, time) => sum + time, 0));
    return totalNs === 0
      ? []
      : [{ phase, totalNs, perStep: percentilesOf(times), sharePercent: (100 * totalNs) / total }];
  });
}

function intervalsByPhase(table: PhaseIntervals): Intervals[] {
  const builders = PHASES.map(() => new IntervalsBuilder());
  for (let i = 0; i < table.length; i++) {
    builders[table.phase[i]]?.add(table.start[i], table.end[i]);
  }
  return builders.map((builder) => builder.finish());
}
