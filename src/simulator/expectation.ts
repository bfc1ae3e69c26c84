import { type Draws, PURPOSES } from './engine/draws.ts';
import { isDue, isGarbageDue } from './program/plan.ts';
import { LINES, type Place, PLACES } from './script/places.ts';
import { SCRIPT_FILE } from './script/train-script.ts';
import type { RecordingConfig, SimulationConfig } from './simulation-config.ts';
import type { PlantedTrouble, TruePlace } from './simulated-run.ts';
import type { Trouble, TroubleKind } from './trouble.ts';

/** Ids of the detectors that name a trouble, the most fitting first. */
const DETECTORS: Record<TroubleKind, readonly string[]> = {
  'slow-augment': ['data-stall', 'data-slow-stage', 'data-tail', 'data-single-worker'],
  'late-batches': ['data-tail', 'step-period', 'step-tail', 'data-stall'],
  'single-worker': ['data-single-worker', 'data-stall'],
  'pageable-copy': ['copy-pageable', 'host-sync'],
  'item-sync': ['host-sync'],
  'host-bound': ['host-bound'],
  straggler: ['straggler', 'rank-imbalance'],
  'comm-exposed': ['comm-exposed'],
  'comm-not-overlapped': ['comm-not-overlapped', 'comm-exposed'],
  'sync-every-microbatch': ['sync-every-microbatch', 'comm-exposed'],
  checkpoint: ['checkpoint-stall', 'step-period', 'step-tail'],
  logging: ['logging-stall', 'step-period', 'step-tail'],
  validation: ['validation-stall', 'step-period', 'step-tail'],
  'gc-pause': ['gc-pause', 'step-period', 'step-tail'],
  'allocator-churn': ['allocator-churn', 'host-sync'],
  'full-precision': ['precision'],
  recompile: ['recompute-jit', 'step-period', 'step-tail'],
  'step-drift': ['step-drift'],
  'serial-streams': ['serial-streams'],
};

type Expectation = Pick<PlantedTrouble, 'detectors' | 'ranks' | 'steps' | 'place' | 'isTold'>;

/** Troubles inside the forward pass, of which span files tell only how long it is. */
const INSIDE_FORWARD = new Set<TroubleKind>([
  'item-sync',
  'host-bound',
  'allocator-churn',
  'full-precision',
  'recompile',
  'serial-streams',
]);
/** Troubles that a trace without annotations and stacks shows as a pause without a name. */
const ONLY_NAMED = new Set<TroubleKind>(['logging', 'gc-pause']);

/** What a good diagnosis of the trouble says. */
export function expectationOf(
  trouble: Trouble,
  config: SimulationConfig,
  draws: Draws,
): Expectation {
  return {
    detectors: DETECTORS[trouble.kind],
    ranks: ranksOf(trouble, config),
    steps: stepsOf(trouble, config, draws),
    place: placeOf(trouble, config),
    isTold: isTold(trouble.kind, config.recording),
  };
}

function isTold(kind: TroubleKind, { format, annotations, stacks }: RecordingConfig): boolean {
  return format === 'spans'
    ? !INSIDE_FORWARD.has(kind)
    : annotations || stacks || !ONLY_NAMED.has(kind);
}

function ranksOf(trouble: Trouble, config: SimulationConfig): readonly number[] {
  switch (trouble.kind) {
    case 'straggler':
      return [trouble.rank];
    case 'checkpoint':
    case 'logging':
      return config.ranks > 1 ? [0] : [];
    default:
      return [];
  }
}

function stepsOf(
  trouble: Trouble,
  config: SimulationConfig,
  draws: Draws,
): readonly number[] | null {
  const steps = Array.from({ length: config.steps }, (_, step) => step);
  const ranks = Array.from({ length: config.ranks }, (_, rank) => rank);
  switch (trouble.kind) {
    case 'checkpoint':
    case 'logging':
    case 'validation':
    case 'recompile':
      return steps.filter((step) => isDue(step, trouble.every));
    case 'gc-pause':
      return steps.filter((step) => ranks.some((rank) => isGarbageDue(step, rank, trouble.every)));
    case 'straggler':
      return trouble.steps;
    case 'late-batches': {
      const { when } = trouble;
      const index = config.troubles.filter(({ kind }) => kind === 'late-batches').indexOf(trouble);
      return 'every' in when
        ? steps.filter((step) => isDue(step, when.every))
        : steps.filter((step) =>
            ranks.some(
              (rank) => draws.uniform(PURPOSES.lateBatch, { rank, step, index }) < when.probability,
            ),
          );
    }
    default:
      return null;
  }
}

/** Lines of the loop that waits for a batch. */
const LOOP = [LINES.loop, LINES.loopFrame];
const BACKWARD = [LINES.backward, LINES.microBatch, LINES.recordCollectives];
const FORWARD = [LINES.forward, LINES.forwardFunction, LINES.microBatch];

type Lines = readonly [statement: number, alsoRight: readonly number[]];

function placeOf(trouble: Trouble, { recording }: SimulationConfig): TruePlace {
  const [line, alsoRight] = linesOf(trouble);
  return {
    file: SCRIPT_FILE,
    line,
    alsoRight: [...new Set(alsoRight)].filter((other) => other !== line),
    isWritten: recording.format === 'spans' || recording.stacks,
  };
}

function linesOf(trouble: Trouble): Lines {
  switch (trouble.kind) {
    case 'host-bound':
      return trouble.cause === 'slow-python'
        ? linesOfPlace(PLACES.inspect, FORWARD)
        : [LINES.forward + 1, [...FORWARD, LINES.backward]];
    case 'straggler':
      return STRAGGLER_LINES[trouble.cause];
    default:
      return LINES_OF[trouble.kind];
  }
}

function linesOfPlace(place: Place, around: readonly number[]): Lines {
  return [place.statement, [place.definition, place.span, ...around]];
}

const AUGMENT: Lines = [LINES.augment + 2, [LINES.augment, LINES.getItem, ...LOOP]];

const LINES_OF: Record<Exclude<TroubleKind, 'host-bound' | 'straggler'>, Lines> = {
  'slow-augment': AUGMENT,
  'late-batches': [LINES.decode + 1, [LINES.decode, LINES.getItem, ...LOOP]],
  'single-worker': [LINES.workers, [LINES.getItem, LINES.augment, LINES.decode, ...LOOP]],
  'pageable-copy': [LINES.h2d + 1, [LINES.h2d, LINES.toDevice, LINES.trainStep]],
  'comm-exposed': [LINES.backward + 1, BACKWARD],
  'sync-every-microbatch': [LINES.backward + 1, BACKWARD],
  'comm-not-overlapped': linesOfPlace(PLACES.reduceGradients, BACKWARD),
  'full-precision': [LINES.forward + 1, FORWARD],
  recompile: [LINES.forward + 1, FORWARD],
  'item-sync': linesOfPlace(PLACES.checkActivations, FORWARD),
  'allocator-churn': linesOfPlace(PLACES.freeMemory, FORWARD),
  'serial-streams': linesOfPlace(PLACES.sideBranch, FORWARD),
  checkpoint: linesOfPlace(PLACES.checkpoint, LOOP),
  logging: linesOfPlace(PLACES.log, LOOP),
  validation: linesOfPlace(PLACES.validate, LOOP),
  'gc-pause': linesOfPlace(PLACES.collectGarbage, LOOP),
  'step-drift': linesOfPlace(PLACES.summarize, LOOP),
};

const STRAGGLER_LINES: Record<'data' | 'compute' | 'host', Lines> = {
  data: [AUGMENT[0], [...AUGMENT[1], ...BACKWARD]],
  compute: [LINES.forward + 1, [...FORWARD, ...BACKWARD]],
  host: linesOfPlace(PLACES.reportProgress, [...LOOP, ...BACKWARD]),
};
