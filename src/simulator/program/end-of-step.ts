import { LINES, type Place, PLACES } from '../script/places.ts';
import { SCRIPT_FILE } from '../script/train-script.ts';
import { runForward } from './forward.ts';
import { isDue, isGarbageDue } from './plan.ts';
import { lagOf, type RankState } from './rank-state.ts';
import { readValue } from './read-value.ts';

/** Gigabytes a second from the device to pageable memory. */
const SAVE_BANDWIDTH = 6e9;
/** Calls of the forward pass of validation come after those of training. */
const FIRST_VALIDATION_PASS = 64;

/** What the loop does between the optimizer and the next batch. */
export function endStep(state: RankState): void {
  const { plan, host, step } = state;
  readLoss(state);
  const drift = plan.driftNs * Math.max(0, step);
  if (drift > 0) {
    section(state, PLACES.summarize, 'summarize', 'none', () => host.spend(drift));
  }
  const lag = lagOf(state, 'host');
  if (lag > 0) {
    section(state, PLACES.reportProgress, 'report progress', 'none', () => host.spend(lag));
  }
  serve(state);
  collectGarbage(state);
}

function serve(state: RankState): void {
  const { plan, host, step, rank } = state;
  const { logging, checkpoint, validation } = plan;
  if (logging !== null && rank === 0 && isDue(step, logging.every)) {
    section(state, PLACES.log, 'logging', 'logging', () => {
      host.frame('torch/utils/tensorboard/writer.py', 479, 'add_histogram');
      host.spend(logging.pauseNs);
      host.close();
    });
  }
  if (checkpoint !== null && rank === 0 && isDue(step, checkpoint.every)) {
    save(state, checkpoint.pauseNs);
  }
  if (validation !== null && isDue(step, validation.every)) {
    validate(state, validation);
  }
}

function collectGarbage(state: RankState): void {
  const { plan, host, step, rank } = state;
  const { garbage } = plan;
  if (garbage !== null && step >= 0 && isGarbageDue(step, rank, garbage.every)) {
    section(state, PLACES.collectGarbage, 'gc.collect', 'none', () => {
      host.open('frame', '<built-in function collect>');
      host.spend(garbage.pauseNs);
      host.close();
    });
  }
}

function readLoss(state: RankState): void {
  const { lossReadEvery } = state.plan.config;
  // Before the recording too: a loop that reads every k-th step is at some step of these k when it begins.
  if (
    lossReadEvery > 0 &&
    (((state.step + 1) % lossReadEvery) + lossReadEvery) % lossReadEvery === 0
  ) {
    section(state, PLACES.readLoss, 'loss.item', 'none', () => readValue(state.host));
  }
}

function save(state: RankState, pauseNs: number): void {
  const { host, plan } = state;
  const bytes = plan.config.model.parameters * 4;
  section(state, PLACES.checkpoint, 'checkpoint', 'checkpoint', () => {
    host.frame('torch/serialization.py', 943, 'save');
    host.frame('torch/serialization.py', 1151, '_save');
    host.open('operator', 'aten::copy_');
    host.launchAndWait({
      kind: 'copy',
      name: 'Memcpy DtoH (Device -> Pageable)',
      stream: 'compute',
      durationNs: (bytes / SAVE_BANDWIDTH) * 1e9,
      bytes,
      call: 'cudaMemcpyAsync',
    });
    host.synchronize('cudaStreamSynchronize', 'compute');
    host.close();
    host.open(
      'frame',
      '<built-in method write_record of PyTorchFileWriter object at 0x7f3c2a1b5d60>',
    );
    host.spend(pauseNs);
    host.close();
    host.close();
    host.close();
  });
}

function validate(
  state: RankState,
  { batches, waitNs }: { readonly batches: number; readonly waitNs: number },
): void {
  const { host } = state;
  section(state, PLACES.validate, 'validation', 'validation', () => {
    for (let batch = 0; batch < batches; batch++) {
      host.frame('torch/utils/data/dataloader.py', 708, '__next__');
      host.open('annotation', 'enumerate(DataLoader)#_MultiProcessingDataLoaderIter.__next__');
      host.spend(waitNs);
      host.close();
      host.close();
      runForward(state, FIRST_VALIDATION_PASS + batch);
      readValue(host);
    }
  });
}

function section(
  { host }: RankState,
  place: Place,
  name: string,
  phase: string,
  body: () => void,
): void {
  host.frame(SCRIPT_FILE, place.definition, place.name);
  host.open('section', name, { phase, line: place.span });
  body();
  host.close();
  host.close();
}

/** The frames that are open when the profiler starts. */
export function openOutermostFrames({ host }: RankState): void {
  host.frame(SCRIPT_FILE, LINES.module, '<module>');
  host.frame(SCRIPT_FILE, LINES.loopFrame, 'train');
}
