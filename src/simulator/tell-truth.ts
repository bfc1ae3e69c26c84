import { type Draws, PURPOSES } from './engine/draws.ts';
import type { SimulationConfig } from './simulation-config.ts';
import type { PlantedTrouble, Truth, TrueStepTime } from './simulated-run.ts';
import { expectationOf } from './expectation.ts';

/** Ranks and places are known from what was planted; what it costs, from the same run without it. */
export function tellTruth(
  config: SimulationConfig,
  draws: Draws,
  stepTime: TrueStepTime,
  timeWithout: (rows: readonly number[]) => TrueStepTime,
): Truth {
  const rows = [...config.troubles.keys()];
  const healthyStepTime = rows.length === 0 ? stepTime : timeWithout(rows);
  return {
    simulated: true,
    stepTime,
    healthyStepTime,
    troubles: config.troubles.map((trouble, row): PlantedTrouble => {
      const stepTimeWithout = rows.length === 1 ? healthyStepTime : timeWithout([row]);
      return {
        kind: trouble.kind,
        trouble,
        ...expectationOf(trouble, config, draws),
        stepTimeWithout,
        savingNs: {
          p50: stepTime.p50Ns - stepTimeWithout.p50Ns,
          mean: stepTime.meanNs - stepTimeWithout.meanNs,
        },
      };
    }),
    clocks: Array.from({ length: config.ranks }, (_, rank) => clockOf(config, draws, rank)),
  };
}

/** Rank 0 shows the true time. */
function clockOf({ clock }: SimulationConfig, draws: Draws, rank: number): Truth['clocks'][number] {
  const key = { rank, step: 0, index: 0 };
  const signed = (purpose: typeof PURPOSES.clockOffset | typeof PURPOSES.clockDrift): number =>
    rank === 0 ? 0 : 2 * draws.uniform(purpose, key) - 1;
  return {
    offsetNs: Math.round(signed(PURPOSES.clockOffset) * clock.skewNs),
    driftPpm: signed(PURPOSES.clockDrift) * clock.driftPpm,
  };
}
