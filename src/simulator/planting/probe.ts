import { kernelNs } from '../program/forward.ts';
import { operatorsOf } from '../program/operators.ts';
import { planOf } from '../program/plan.ts';
import { simulate } from '../simulate.ts';
import type { SimulationConfig } from '../simulation-config.ts';
import type { Trouble } from '../trouble.ts';

/** A short run of few ranks tells the typical step well enough to size a trouble. */
const PROBE_STEPS = 12;
const PROBE_RANKS = 4;
const GRID = 12;
const PROBES = 5;
const SEED = 1;

function small(config: SimulationConfig): SimulationConfig {
  return {
    ...config,
    ranks: Math.min(config.ranks, PROBE_RANKS),
    steps: Math.min(config.steps, PROBE_STEPS),
    lossReadEvery: Math.min(config.lossReadEvery, PROBE_STEPS, config.steps),
  };
}

/** The step without any trouble. */
export function healthyStepNs(config: SimulationConfig): number {
  return simulate({ ...small(config), troubles: [] }, SEED).truth.stepTime.meanNs;
}

/** What the device needs for the kernels of one forward pass, those of a kind or all. */
export function forwardNs(config: SimulationConfig, kind: 'matrix' | 'all'): number {
  const plan = planOf(config, new Set(config.troubles.keys()));
  return operatorsOf(config.model.kind)
    .filter((operator) => kind === 'all' || operator.kind === kind)
    .reduce((sum, operator) => sum + kernelNs(plan, operator) * config.model.layers, 0);
}

/** A setting, and a trouble with it, by how bad it is from 0 to 1. */
export type Variant = (badness: number) => {
  readonly config: SimulationConfig;
  readonly trouble: Trouble;
};

/**
 * How bad it must be for the step to grow by this share; where none does, how bad the growth is greatest. A
 * setting that is too bad can slow the healthy run as well, so the least is looked for.
 */
export function findBadness(variant: Variant, severity: number): number {
  const grid = Array.from({ length: GRID + 1 }, (_, i) => i / GRID);
  const growths = [growthOf(variant(0))];
  while (growths[growths.length - 1] < severity && growths.length <= GRID) {
    growths.push(growthOf(variant(grid[growths.length])));
  }
  const reached = growths.findIndex((growth) => growth >= severity);
  if (reached <= 0) {
    return grid[growths.indexOf(Math.max(...growths))];
  }
  let [low, high] = [grid[reached - 1], grid[reached]];
  for (let probe = 0; probe < PROBES; probe++) {
    const middle = (low + high) / 2;
    if (growthOf(variant(middle)) < severity) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

/** By how much the trouble makes the step longer, as a share. */
function growthOf({ config, trouble }: ReturnType<Variant>): number {
  const { truth } = simulate({ ...small(config), troubles: [trouble] }, SEED);
  return truth.stepTime.meanNs / truth.healthyStepTime.meanNs - 1;
}
