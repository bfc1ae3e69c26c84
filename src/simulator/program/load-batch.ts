import { BatchQueue } from '../engine/batch-queue.ts';
import { type Draws, PURPOSES } from '../engine/draws.ts';
import type { Recorder } from '../engine/recorder.ts';
import { LINES } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { isDue, type Plan } from './plan.ts';
import { lagOf, type RankState } from './rank-state.ts';

const DATALOADER = 'torch/utils/data/dataloader.py';
/** The loop takes a batch that is ready, from the queue of the workers. */
const TAKE_NS = 90_000;
/** Parts of a healthy batch's preparation; the rest is collating. */
const DECODE_SHARE = 0.4;
const AUGMENT_SHARE = 0.5;
/** Relative standard deviation of a batch's preparation. */
const BATCH_DEVIATION = 0.08;
/** Samples of a batch that are told one by one. */
const SHOWN_SAMPLES = 4;

interface BatchParts {
  readonly decodeNs: number;
  readonly augmentNs: number;
  readonly collateNs: number;
}

/** What preparing the batch of a step takes one process. */
function partsOf(
  plan: Plan,
  draws: Draws,
  { rank, step }: { readonly rank: number; readonly step: number },
): BatchParts {
  const key = { rank, step, index: 0 };
  const base = plan.config.loader.batchNs * draws.factor(BATCH_DEVIATION, PURPOSES.batch, key);
  const late = plan.late
    .filter(({ when }, index) =>
      'every' in when
        ? isDue(step, when.every)
        : step >= 0 && draws.uniform(PURPOSES.lateBatch, { rank, step, index }) < when.probability,
    )
    .reduce((sum, { extraNs }) => sum + extraNs, 0);
  return {
    decodeNs: base * DECODE_SHARE + late,
    augmentNs: base * AUGMENT_SHARE + plan.augmentNs + lagOf({ plan, rank, step }, 'data'),
    collateNs: base * (1 - DECODE_SHARE - AUGMENT_SHARE),
  };
}

/**
 * The workers of a rank's loader; null where the training process loads by itself. `firstStep` gets the first
 * batch. They are as far from one another in their work as after a long time of training.
 */
export function startWorkers(
  plan: Plan,
  draws: Draws,
  rank: number,
  firstStep: number,
): BatchQueue | null {
  if (plan.workers === 0) {
    return null;
  }
  const cost = (batch: number): number => {
    const parts = partsOf(plan, draws, { rank, step: firstStep + batch });
    return parts.decodeNs + parts.augmentNs + parts.collateNs;
  };
  const starts = Array.from(
    { length: plan.workers },
    (_, worker) =>
      cost(worker) * draws.uniform(PURPOSES.workerStart, { rank, step: 0, index: worker }),
  );
  return new BatchQueue(starts, plan.config.loader.prefetchFactor, cost);
}

/** `next(loader)`. */
export function loadBatch(state: RankState): void {
  const { host, queue } = state;
  const iterator =
    queue === null ? '_SingleProcessDataLoaderIter' : '_MultiProcessingDataLoaderIter';
  host.frame(DATALOADER, 708, '__next__');
  host.open('annotation', `enumerate(DataLoader)#${iterator}.__next__`);
  host.open('span', 'next(loader)', { phase: 'data', line: LINES.loop });
  if (queue === null) {
    loadHere(state);
  } else {
    const { worker, start, end } = queue.prepare();
    recordWorker(state, worker, start);
    host.frame(DATALOADER, 1480, '_next_data');
    host.frame('multiprocessing/queues.py', 92, 'get');
    host.now = Math.max(host.now, end) + TAKE_NS;
    host.close();
    host.close();
    queue.taken(host.now);
  }
  host.close();
  host.close();
  host.close();
}

function loadHere(state: RankState): void {
  const { host } = state;
  const { decodeNs, augmentNs, collateNs } = partsOf(state.plan, state.draws, state);
  host.frame(DATALOADER, 763, '_next_data');
  host.frame('torch/utils/data/_utils/fetch.py', 46, 'fetch');
  for (let sample = 0; sample < SHOWN_SAMPLES; sample++) {
    host.frame(SCRIPT_FILE, LINES.getItem, '__getitem__');
    host.frame(SCRIPT_FILE, LINES.decode, 'decode');
    host.open('span', 'decode', { phase: 'data', line: LINES.decode });
    host.spend(decodeNs / SHOWN_SAMPLES);
    host.close();
    host.close();
    host.frame(SCRIPT_FILE, LINES.augment, 'augment');
    host.open('span', 'augment', { phase: 'data', line: LINES.augment });
    host.spend(augmentNs / SHOWN_SAMPLES);
    host.close();
    host.close();
    host.close();
  }
  host.frame('torch/utils/data/_utils/collate.py', 360, 'default_collate');
  host.open('operator', 'aten::stack');
  host.spend(collateNs);
  host.close();
  host.close();
  host.close();
  host.close();
}

function recordWorker(state: RankState, worker: number, start: number): void {
  const { recorder } = state.host;
  if (recorder !== null) {
    recordParts(recorder, partsOf(state.plan, state.draws, state), worker, start);
  }
}

function recordParts(
  recorder: Recorder,
  { decodeNs, augmentNs }: BatchParts,
  worker: number,
  start: number,
): void {
  const decoded = start + decodeNs;
  const augmented = decoded + augmentNs;
  recorder.worker({ worker, name: 'decode', line: LINES.decode, start, end: decoded });
  recorder.worker({ worker, name: 'augment', line: LINES.augment, start: decoded, end: augmented });
}
