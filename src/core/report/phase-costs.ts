import type { RunDerived } from '../derived/run-derived.ts';
import { median } from '../derived/statistics.ts';
import { type Phase, PHASES } from '../model/phase.ts';
import type { LineCost } from '../model/report.ts';
import { histogramOf } from './histogram.ts';
import { stepTimeOf } from './step-time.ts';

/** Phases that no statement stands for. */
const WITHOUT_LINE: readonly Phase[] = ['none', 'other'];

/** Per analysed step: what each phase takes, the costliest first; for runs that name no line of the code. */
export function costPhases(run: RunDerived): LineCost[] {
  return PHASES.filter((phase) => !WITHOUT_LINE.includes(phase))
    .flatMap((phase) => costPhase(phase, run))
    .sort((a, b) => b.sharePercent - a.sharePercent || b.perStep.meanNs - a.perStep.meanNs);
}

function costPhase(phase: Phase, { ranks, analyzed }: RunDerived): LineCost[] {
  const index = PHASES.indexOf(phase);
  const byRank: LineCost['byRank'][number][] = [];
  const values: number[] = [];
  const shares: number[] = [];
  ranks.forEach(({ rank, tables }, row) => {
    const { rows, durations } = analyzed[row];
    const own = rows.length === 0 ? [] : rows.map((step) => tables.phaseTimes[index][step]);
    const ownShares = own.map((value, i) => (100 * value) / durations[i]);
    own.forEach((value) => values.push(value));
    ownShares.forEach((share) => shares.push(share));
    if (own.length > 0) {
      byRank.push({ rank, p50Ns: Math.round(median(own)), sharePercent: median(ownShares) });
    }
  });
  const perStep = stepTimeOf(values);
  if (perStep === null || perStep.meanNs === 0) {
    return [];
  }
  const histogram = histogramOf(values);
  return [
    {
      name: phase,
      phase,
      location: null,
      perStep,
      sharePercent: median(shares),
      byRank,
      occursIn: values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0),
      ...(histogram === null ? {} : { histogram }),
    },
  ];
}
