import { Device } from '../engine/device.ts';
import { type Draws, PURPOSES } from '../engine/draws.ts';
import type { StepEvents } from '../engine/events.ts';
import { Host } from '../engine/host.ts';
import type { Recorder } from '../engine/recorder.ts';
import { LINES, PLACES } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { runBackward } from './backward.ts';
import { copyBatch } from './copy-batch.ts';
import { endStep, openOutermostFrames } from './end-of-step.ts';
import { runForward } from './forward.ts';
import { loadBatch, startWorkers } from './load-batch.ts';
import { runLoss } from './loss.ts';
import { runOptimizer } from './optimizer.ts';
import { isDue, type Plan } from './plan.ts';
import { factorOf, type Collectively, type RankState } from './rank-state.ts';
import { finishReductions, reduceBucket } from './reduce.ts';

/** Steps before the recording: the queue of the loader has settled by then. */
const LEAD_IN_STEPS = 4;
const MOST_QUEUED = 24;
/** Python of the loop itself, at either end of a step. */
const LOOP_NS = 45_000;

export interface LoopResult {
  /** By step: when all its work on host and device had ended. */
  readonly stepEnds: Float64Array;
  /** Called when a step has ended, with what it recorded. */
  readonly onStep: (events: StepEvents) => void;
}

/** One rank's training loop; yields at each collective. */
export function* trainingLoop(
  plan: Plan,
  draws: Draws,
  rank: number,
  recorder: Recorder | null,
  result: LoopResult,
): Collectively {
  const { loader, steps } = plan.config;
  const leadIn = LEAD_IN_STEPS + Math.min(MOST_QUEUED, loader.workers * loader.prefetchFactor);
  const state: RankState = {
    rank,
    plan,
    draws,
    host: new Host(new Device(), recorder),
    queue: startWorkers(plan, draws, rank, -leadIn),
    step: -leadIn,
    sequence: 0,
    collectives: 0,
  };
  const { host } = state;
  for (; state.step < steps; state.step++) {
    const { step } = state;
    if (step === 0) {
      dropLeadIn(state, result);
      openOutermostFrames(state);
    }
    host.open('step', `ProfilerStep#${step}`);
    yield* runStep(state);
    host.close();
    host.spend(4_000);
    if (step >= 0) {
      if (step === steps - 1) {
        host.close();
        host.close();
      }
      result.stepEnds[step] = Math.max(host.now, host.device.idleAt);
      takeStep(recorder, step, result);
    }
  }
}

function takeStep(recorder: Recorder | null, step: number, { onStep }: LoopResult): void {
  if (recorder !== null) {
    onStep(recorder.take(step));
  }
}

/** Only work of the device that still runs when the recording begins is recorded. */
function dropLeadIn({ host }: RankState, { onStep }: LoopResult): void {
  if (host.recorder !== null) {
    const { device } = host.recorder.take(-1);
    const running = device.filter(({ kind, end }) => kind !== 'annotation' && end > host.now);
    onStep({ step: -1, host: [], device: running, workers: [] });
  }
}

function* runStep(state: RankState): Collectively {
  const { host, plan } = state;
  host.spend(LOOP_NS * factorOf(state, 0.1, PURPOSES.loop, 0));
  loadBatch(state);
  host.frame(SCRIPT_FILE, LINES.trainStep, 'train_step');
  copyBatch(state);
  for (let micro = 0; micro < plan.config.microBatches; micro++) {
    yield* runMicroBatch(state, micro);
  }
  host.open('section', 'optimizer', { phase: 'optimizer', line: LINES.optimizer });
  runOptimizer(state);
  host.close();
  host.close();
  endStep(state);
  host.spend(LOOP_NS * factorOf(state, 0.1, PURPOSES.loop, 1));
}

function* runMicroBatch(state: RankState, micro: number): Collectively {
  const { host, plan } = state;
  const isLast = micro === plan.config.microBatches - 1;
  const firstSequence = state.sequence;
  host.frame(SCRIPT_FILE, LINES.microBatch, 'train_micro_batch');
  host.open('section', 'forward', { phase: 'forward', line: LINES.forward, micro });
  host.frame(SCRIPT_FILE, LINES.forwardFunction, 'forward');
  compileAgain(state, micro);
  runForward(state, micro);
  host.close();
  host.close();
  host.open('section', 'loss', { phase: 'loss', line: LINES.loss, micro });
  runLoss(state, micro);
  host.close();
  host.open('section', 'backward', { phase: 'backward', line: LINES.backward, micro });
  yield* runBackward(state, micro, firstSequence, isLast || plan.reducesEachMicroBatch);
  host.close();
  if (isLast && !plan.overlapsReductions) {
    yield* reduceAfterwards(state);
  }
  host.close();
}

function* reduceAfterwards(state: RankState): Collectively {
  const { host, plan } = state;
  const { name, definition } = PLACES.reduceGradients;
  host.frame(SCRIPT_FILE, definition, name);
  for (let bucket = 0; bucket < plan.config.communication.buckets; bucket++) {
    yield* reduceBucket(state);
  }
  finishReductions(state);
  host.close();
}

function compileAgain(state: RankState, micro: number): void {
  const { host, plan, step } = state;
  if (plan.recompile === null || micro > 0 || !isDue(step, plan.recompile.every)) {
    return;
  }
  const { compileNs } = plan.recompile;
  host.frame('torch/_dynamo/convert_frame.py', 1422, '__call__');
  host.open('annotation', '_compile.compile_inner (dynamo_timed)');
  host.spend(compileNs * 0.3);
  host.open('annotation', 'compile_fx.<locals>.fw_compiler_base (dynamo_timed)');
  host.spend(compileNs * 0.7);
  host.close();
  host.close();
  host.close();
}
