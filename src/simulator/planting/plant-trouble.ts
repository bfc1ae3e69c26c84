import { operatorsOf } from '../program/operators.ts';
import type { SimulationConfig } from '../simulation-config.ts';
import type { Trouble, TroubleKind } from '../trouble.ts';
import { findBadness, forwardNs, healthyStepNs, type Variant } from './probe.ts';

/** What a planter sizes its trouble by. */
interface Soil {
  readonly config: SimulationConfig;
  readonly severity: number;
  /** The healthy step, and what it is to grow by. */
  readonly stepNs: number;
  readonly lossNs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

type Planter = (soil: Soil) => Trouble | SimulationConfig;

/**
 * The run with one trouble more, sized to make the mean step longer by about this share (0.3 is 30 %), and with
 * what the trouble needs to show. What it really costs is in the truth. Throws a RangeError where the run cannot
 * have the trouble, such as a straggler among one.
 */
export function plantTrouble(
  config: SimulationConfig,
  kind: TroubleKind,
  severity: number,
  random: () => number,
): SimulationConfig {
  if (NEEDS_RANKS.has(kind) && config.ranks < 2) {
    throw new RangeError(`${kind} needs at least 2 ranks`);
  }
  if (!(severity > 0 && severity <= 10)) {
    throw new RangeError(`the severity of ${kind} must be above 0 and at most 10, not ${severity}`);
  }
  const stepNs = healthyStepNs(config);
  const soil = { config, severity, stepNs, lossNs: stepNs * severity, random };
  const planted = PLANTERS[kind](soil);
  return 'kind' in planted ? { ...config, troubles: [...config.troubles, planted] } : planted;
}

const NEEDS_RANKS = new Set<TroubleKind>([
  'straggler',
  'comm-exposed',
  'comm-not-overlapped',
  'sync-every-microbatch',
]);

const PAGEABLE_BANDWIDTH = 5e9;
const PINNED_BANDWIDTH = 24e9;

const PLANTERS: Record<TroubleKind, Planter> = {
  'slow-augment': (soil) => ({ kind: 'slow-augment', extraNs: batchDelay(soil) }),
  'late-batches': (soil) => {
    const every = periodOf(soil);
    const { workers, prefetchFactor, batchNs } = soil.config.loader;
    const absorbedNs = Math.max(0, workers * prefetchFactor * soil.stepNs - batchNs);
    return {
      kind: 'late-batches',
      extraNs: absorbedNs + every * soil.lossNs,
      when: soil.random() < 0.5 ? { every } : { probability: 1 / every },
    };
  },
  'single-worker': ({ config, lossNs }) => ({
    ...config,
    loader: { ...config.loader, batchNs: lossNs },
    troubles: [...config.troubles, { kind: 'single-worker' }],
  }),
  'pageable-copy': ({ config, lossNs }) => ({
    ...config,
    loader: {
      ...config.loader,
      batchBytes: Math.round(lossNs / 1e9 / (1 / PAGEABLE_BANDWIDTH - 1 / PINNED_BANDWIDTH)),
    },
    troubles: [...config.troubles, { kind: 'pageable-copy', bandwidth: PAGEABLE_BANDWIDTH }],
  }),
  'item-sync': ({ config, lossNs, random }) => {
    const perStep = Math.min(config.model.layers, 1 + Math.floor(random() * 8));
    const passes = config.microBatches;
    return { kind: 'item-sync', perStep, thinkNs: lossNs / perStep / passes };
  },
  'host-bound': plantHostBound,
  straggler: plantStraggler,
  'comm-exposed': (soil) =>
    fitted(soil, (badness) => ({
      config: soil.config,
      trouble: { kind: 'comm-exposed', bandwidthShare: 10 ** (-3 * badness) },
    })),
  'comm-not-overlapped': (soil) =>
    fitted(soil, (badness) => ({
      config: withLink(soil.config, 10 ** (-3 * badness), MANY_BUCKETS),
      trouble: { kind: 'comm-not-overlapped' },
    })),
  'sync-every-microbatch': (soil) => {
    const config = { ...soil.config, microBatches: Math.max(4, soil.config.microBatches) };
    return fitted(soil, (badness) => ({
      config: withLink(config, 10 ** (-3 * badness), 1),
      trouble: { kind: 'sync-every-microbatch' },
    }));
  },
  checkpoint: (soil) => ({ kind: 'checkpoint', ...pauses(soil) }),
  logging: (soil) => ({ kind: 'logging', ...pauses(soil) }),
  validation: (soil) => {
    const { every, pauseNs } = pauses(soil);
    const batches = 1 + Math.floor(soil.random() * 4);
    const waitNs = Math.max(1e6, pauseNs / batches - forwardNs(soil.config, 'all'));
    return { kind: 'validation', every, batches, waitNs };
  },
  'gc-pause': (soil) => {
    const { every, pauseNs } = pauses(soil);
    const moments = new Set(Array.from({ length: soil.config.ranks }, (_, i) => (i * 3) % every));
    return { kind: 'gc-pause', every, pauseNs: pauseNs / moments.size };
  },
  'allocator-churn': ({ config, lossNs, random }) => {
    const perStep = Math.min(config.model.layers, 1 + Math.floor(random() * 8));
    return {
      kind: 'allocator-churn',
      perStep,
      callNs: lossNs / perStep / 2 / config.microBatches,
    };
  },
  'full-precision': ({ config, lossNs }) => ({
    kind: 'full-precision',
    factor: 1 + lossNs / (3 * forwardNs(config, 'matrix') * config.microBatches),
  }),
  recompile: (soil) => {
    const { every, pauseNs } = pauses(soil);
    return { kind: 'recompile', every, compileNs: pauseNs };
  },
  'step-drift': ({ config, lossNs }) => ({
    kind: 'step-drift',
    perStepNs: (2 * lossNs) / config.steps,
  }),
  'serial-streams': ({ config, lossNs }) => ({
    kind: 'serial-streams',
    share: lossNs / (forwardNs(config, 'all') * config.microBatches),
  }),
};

/** What a batch must take longer so that the loader is slower than the step. */
function batchDelay({ config, stepNs, lossNs }: Soil): number {
  const { workers, batchNs } = config.loader;
  return workers === 0 ? lossNs : Math.max(0, workers * (stepNs + lossNs) - batchNs);
}

/** Something that happens at least three times, and not in each step. */
function periodOf({ config, random }: Soil): number {
  return Math.max(2, Math.min(Math.floor(config.steps / 3), 4 + Math.floor(random() * 8)));
}

function pauses(soil: Soil): { readonly every: number; readonly pauseNs: number } {
  const every = periodOf(soil);
  return { every, pauseNs: every * soil.lossNs };
}

function plantHostBound(soil: Soil): SimulationConfig {
  const { config, stepNs, lossNs, random } = soil;
  const operators = operatorsOf(config.model.kind).length * config.model.layers;
  const most = (2 * (stepNs + lossNs)) / operators;
  const parts = 6 + Math.floor(random() * 8);
  return random() < 0.5
    ? fitted(soil, (badness) => ({
        config,
        trouble: { kind: 'host-bound', cause: 'slow-python', perOperatorNs: most * badness },
      }))
    : fitted(soil, (badness) => ({
        config: withSmallerWork(config, 10 ** (-2.5 * badness)),
        trouble: { kind: 'host-bound', cause: 'small-kernels', parts },
      }));
}

/** Kernels of this share of their length, and batches of this share of their size. */
function withSmallerWork(config: SimulationConfig, share: number): SimulationConfig {
  const { model, loader } = config;
  return {
    ...config,
    model: {
      ...model,
      parameters: Math.round(model.parameters * share),
      matrixKernelNs: model.matrixKernelNs * share,
      pointwiseKernelNs: model.pointwiseKernelNs * share,
    },
    loader: {
      ...loader,
      batchNs: loader.batchNs * share,
      batchBytes: Math.round(loader.batchBytes * share),
    },
  };
}

/** Some steps of a one-off straggler lose what a chronic one loses in all. */
function plantStraggler(soil: Soil): Trouble {
  const { config, lossNs, random } = soil;
  const rank = Math.floor(random() * config.ranks);
  const cause = (['data', 'compute', 'host'] as const)[Math.floor(random() * 3)];
  if (cause === 'data') {
    return { kind: 'straggler', rank, cause, extraNs: batchDelay(soil), steps: null };
  }
  if (random() < 0.7) {
    return { kind: 'straggler', rank, cause, extraNs: lossNs, steps: null };
  }
  const count = Math.max(1, Math.floor(config.steps / 10));
  const first = 2 + Math.floor(random() * Math.max(1, config.steps - count - 3));
  const steps = Array.from({ length: count }, (_, i) => first + i);
  const extraNs = (lossNs * config.steps) / count;
  return { kind: 'straggler', rank, cause, extraNs, steps };
}

/** The reductions that can hide behind the backward pass are all but the last. */
const MANY_BUCKETS = 8;

/** A link of this share of its bandwidth, and at least so many buckets. */
function withLink(config: SimulationConfig, share: number, leastBuckets: number): SimulationConfig {
  const { communication } = config;
  return {
    ...config,
    communication: {
      ...communication,
      buckets: Math.max(communication.buckets, leastBuckets),
      bandwidth: communication.bandwidth * share,
    },
  };
}

function fitted({ config, severity }: Soil, variant: Variant): SimulationConfig {
  const found = variant(findBadness(variant, severity));
  return { ...found.config, troubles: [...config.troubles, found.trouble] };
}
