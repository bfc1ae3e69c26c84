import assert from 'node:assert/strict';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { StaleGeneration, TrainingRun } from '../../../src/extension/runs/training-run.ts';
import {
  type FakeWorker,
  fakeWorker,
  group,
  RESULT,
  type Result,
} from '../../support/fake-worker.ts';

describe('a TrainingRun whose span files grow', () => {
  /** A run that is held and analysed once; each further analysis is answered by hand. */
  async function grown() {
    const workers: FakeWorker[] = [];
    const answers: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
    const states: string[] = [];
    const run: TrainingRun = new TrainingRun(spans(1), {
      startWorker: (onProgress) => {
        const worker = fakeWorker(onProgress);
        worker.ask = async (question) => await question({} as never);
        workers.push(worker);
        return worker;
      },
      analyze: async () =>
        await new Promise<Result>((resolve, reject) => answers.push({ resolve, reject })),
      describeGone: ({ name }) => `${name} is gone`,
      nowMs: () => 42,
      onDidChange: (changed) => states.push(changed.state.kind),
    });
    run.hold();
    const first = run.readAnalysis();
    answers[0].resolve(RESULT);
    await first;
    states.length = 0;
    return { run, workers, answers, states };
  }

  function spans(...sizes: number[]): RunGroup {
    const { files, ...rest } = group(...sizes);
    return { ...rest, files: files.map((file) => ({ ...file, format: 'spans' })) };
  }

  it('is read on by the thread that answers, which shows no progress', async () => {
    const { run, workers, answers, states } = await grown();
    run.update(spans(2));
    assert.equal((await run.readAnalysis()).generation, 1, 'what is there is given');
    assert.equal(await run.ask(1, async () => 'old'), 'old');
    workers[0].progress(10);
    answers[1].resolve(RESULT);
    await run.settle();
    assert.equal(workers.length, 1);
    assert.equal(workers[0].isDisposed, false);
    assert.deepEqual(states, ['ready']);
    assert.equal(run.analyzed?.generation, 2);
    assert.equal(await run.ask(2, async () => 'new'), 'new');
    await assert.rejects(
      run.ask(1, async () => 'old'),
      StaleGeneration,
    );
  });

  it('gives no answer of newer tables for one of older ones', async () => {
    const { run, answers } = await grown();
    run.update(spans(2));
    let answer: (text: string) => void = () => undefined;
    const asked = run.ask(1, async () => await new Promise((resolve) => (answer = resolve)));
    const saved = run.ask(
      1,
      async () => await new Promise((resolve) => setImmediate(resolve)),
      true,
    );
    answers[1].resolve(RESULT);
    await run.settle();
    answer('of which tables?');
    await assert.rejects(asked, StaleGeneration);
    await saved;
  });

  it('is read on once more where it has grown meanwhile', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    run.update(spans(3));
    run.update(spans(4));
    answers[1].resolve(RESULT);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answers.length, 3);
    answers[2].resolve(RESULT);
    await run.settle();
    assert.equal(workers.length, 1);
    assert.equal(run.analyzed?.generation, 3);
  });

  it('starts anew where another file comes, also while it is read on', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    run.update(spans(2, 5));
    answers[1].resolve(RESULT);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(workers.length, 2);
    answers[2].resolve(RESULT);
    await run.settle();
    assert.equal(workers[0].isDisposed, true);
    assert.equal(run.analyzed?.generation, 3);
  });

  it('keeps its tables where a file cannot be read for the moment, not where the thread ends', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    answers[1].reject(new Error('rank0 cannot be read'));
    await run.settle();
    assert.deepEqual(run.state, { kind: 'failed', message: 'rank0 cannot be read' });
    assert.equal(await run.ask(1, async () => 'old'), 'old');
    run.update(spans(3));
    workers[0].hasFailed = true;
    answers[2].reject(new Error('out of memory'));
    await run.settle();
    assert.equal(workers[0].isDisposed, true);
    await assert.rejects(
      run.ask(1, async () => 'old'),
      StaleGeneration,
    );
    run.update(spans(4));
    assert.equal(workers.length, 2);
  });

  it('waits with an analysis from the beginning until it is read on', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    const again = run.analyzeAgain();
    assert.equal(workers.length, 1);
    answers[1].resolve(RESULT);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(workers.length, 2);
    answers[2].resolve(RESULT);
    assert.equal((await again).generation, 3);
  });
});
