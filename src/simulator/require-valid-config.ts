import type { SimulationConfig } from './simulation-config.ts';

/** Throws a RangeError that names the first setting that no run can have. */
export function requireValidConfig(config: SimulationConfig): void {
  requireInteger('ranks', config.ranks, 1, 1024);
  requireInteger('steps', config.steps, 2, 100_000);
  requireInteger('model.layers', config.model.layers, 1, 1_000);
  requireInteger('loader.workers', config.loader.workers, 0, 256);
  requireInteger('loader.prefetchFactor', config.loader.prefetchFactor, 1, 64);
  requireInteger('microBatches', config.microBatches, 1, 64);
  requireInteger('communication.buckets', config.communication.buckets, 1, 256);
  requireInteger('lossReadEvery', config.lossReadEvery, 0, config.steps);
  for (const trouble of config.troubles) {
    if (trouble.kind === 'straggler') {
      requireInteger('the rank of a straggler', trouble.rank, 0, config.ranks - 1);
    }
    if ('every' in trouble) {
      requireInteger(`the period of ${trouble.kind}`, trouble.every, 1, 100_000);
    }
  }
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
}
