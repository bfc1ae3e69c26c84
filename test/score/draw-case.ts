import { healthyStepNs } from '../../src/simulator/planting/probe.ts';
import { plantTrouble } from '../../src/simulator/planting/plant-trouble.ts';
import { HEALTHY_RUN, type SimulationConfig } from '../../src/simulator/simulation-config.ts';
import { TROUBLE_KINDS, type TroubleKind } from '../../src/simulator/trouble.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** One run of the score: what is planted, and the seed of its noise. */
export interface ScoreCase {
  readonly seed: number;
  /** None in a healthy run. */
  readonly kinds: readonly TroubleKind[];
  readonly severity: number;
  readonly config: SimulationConfig;
}

const HEALTHY_SHARE = 0.25;
const TWO_SHARE = 0.15;
const NEED_RANKS: ReadonlySet<TroubleKind> = new Set([
  'straggler',
  'comm-exposed',
  'comm-not-overlapped',
  'sync-every-microbatch',
]);
/** Steps enough for a tail, a period or a trend to be one. */
const MANY_STEPS: ReadonlySet<TroubleKind> = new Set([
  'late-batches',
  'checkpoint',
  'logging',
  'validation',
  'gc-pause',
  'recompile',
  'step-drift',
]);
/** What span files do not show: there are no kernels, copies and launches in them. */
const NEED_KERNELS: ReadonlySet<TroubleKind> = new Set([
  'pageable-copy',
  'item-sync',
  'host-bound',
  'comm-exposed',
  'comm-not-overlapped',
  'sync-every-microbatch',
  'allocator-churn',
  'full-precision',
  'recompile',
  'serial-streams',
]);
/** Thousands of tiny kernels a step: more ranks say no more and take minutes. */
const MAX_RANKS_OF_SMALL_KERNELS = 4;
/** Layers over all steps and ranks: what a case writes and reads stays below about 100 MB. */
const MAX_LAYER_PASSES = 3_000;
/** Layers of the model that kernel lengths are meant for. */
const USUAL_LAYERS = 12;
/** Pairs of which one hides the other: both are about the same wait. */
const EXCLUSIVE: readonly ReadonlySet<TroubleKind>[] = [
  new Set(['slow-augment', 'late-batches', 'single-worker', 'straggler']),
  new Set(['comm-exposed', 'comm-not-overlapped', 'sync-every-microbatch', 'straggler']),
  new Set(['host-bound', 'item-sync', 'allocator-churn', 'full-precision', 'serial-streams']),
];

/** The case of this seed, and no other. */
export function drawCase(seed: number): ScoreCase {
  const random = seededRandom(seed);
  const kinds = drawKinds(random);
  const severity = 0.25 + random() * 0.75;
  let config = withEnoughWorkers(drawShape(random, kinds), random);
  for (const kind of kinds) {
    config = plantTrouble(config, kind, severity, random);
  }
  return { seed, kinds, severity, config };
}

function drawKinds(random: () => number): TroubleKind[] {
  const kind = pick(TROUBLE_KINDS, random);
  const draw = random();
  const other = pick(TROUBLE_KINDS, random);
  if (draw < HEALTHY_SHARE) {
    return [];
  }
  const isPair =
    draw < HEALTHY_SHARE + TWO_SHARE &&
    kind !== other &&
    !EXCLUSIVE.some((group) => group.has(kind) && group.has(other));
  return isPair ? [kind, other] : [kind];
}

function drawShape(random: () => number, kinds: readonly TroubleKind[]): SimulationConfig {
  const most = kinds.includes('host-bound') ? MAX_RANKS_OF_SMALL_KERNELS : Infinity;
  const ranks = Math.min(most, pick([1, 1, 2, 2, 4, 8, 16], random));
  const needsKernels = kinds.some((kind) => NEED_KERNELS.has(kind));
  const needsRanks = kinds.some((kind) => NEED_RANKS.has(kind));
  const needsSteps = kinds.some((kind) => MANY_STEPS.has(kind));
  const steps = (needsSteps ? 60 : 24) + Math.floor(random() * 20);
  const microBatches = ranks > 4 ? 1 : pick([1, 1, 1, 2, 4], random);
  const mostLayers = Math.floor(MAX_LAYER_PASSES / (ranks * steps * microBatches));
  const layers = Math.max(2, Math.min(mostLayers, 6 + Math.floor(random() * 10)));
  const size = ((0.4 + random() * 1.6) * USUAL_LAYERS) / layers;
  const { model, loader, clock } = HEALTHY_RUN;
  const isConvolutional = random() < 0.5;
  const format = random() < 0.7 || needsKernels ? 'kineto' : 'spans';
  const hasAnnotations = random() < 0.6;
  return {
    ...HEALTHY_RUN,
    ranks: needsRanks ? Math.max(2, ranks) : ranks,
    steps,
    model: {
      ...model,
      kind: isConvolutional ? 'convolutional' : 'transformer',
      layers,
      matrixKernelNs: model.matrixKernelNs * size,
      pointwiseKernelNs: model.pointwiseKernelNs * size,
    },
    loader: {
      ...loader,
      workers: 2 + Math.floor(random() * 7),
    },
    microBatches,
    optimizer: random() < 0.5 ? 'SGD' : 'AdamW',
    lossReadEvery: pick([0, 1, 1, 10], random),
    noise: random() * 1.5,
    accelerator: pick(['NVIDIA H100 80GB HBM3', 'NVIDIA A100-SXM4-80GB'], random),
    recording: {
      format,
      annotations: hasAnnotations,
      stacks: random() < 0.4,
      profilerSteps: random() < 0.8,
    },
    clock: {
      ...clock,
      skewNs: random() < 0.5 ? 0 : random() * 20e6,
      driftPpm: random() < 0.5 ? 0 : random() * 20,
    },
  };
}

/** Loading that takes 20 to 70 % of what the workers could do in a step. */
function withEnoughWorkers(config: SimulationConfig, random: () => number): SimulationConfig {
  const { loader } = config;
  const stepNs = healthyStepNs({ ...config, loader: { ...loader, batchNs: 1e6 } });
  return {
    ...config,
    loader: { ...loader, batchNs: loader.workers * stepNs * (0.2 + random() * 0.5) },
  };
}

function pick<T>(choices: readonly T[], random: () => number): T {
  return choices[Math.floor(random() * choices.length)];
}
