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

/** The number of the thread that is asked. */
async function whoAnswers(remote: unknown): Promise<number> {
  return await Promise.resolve(Number(remote));
}

describe('a TrainingRun whose span files grow', () => {
  /** A run that is held and analysed once; each further analysis is answered by hand. */
  async function grown() {
    const workers: FakeWorker[] = [];
    const answers: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];
    const states: string[] = [];
    const run: TrainingRun = new TrainingRun(spans(1), {
      startWorker: (onProgress) => {
        const number = workers.length;
        const worker = fakeWorker(onProgress);
        worker.ask = async (question) => await question(number as never);
        workers.push(worker);
        return worker;
      },
      analyze: async () =>
        await new Promise<Result>((resolve, reject) => answers.push({ resolve, reject })),
      describeGone: ({ name }) => `${name} is gone`,
      nowMs: () => 42,
      onDidChange: (changed) => states.push(changed.state.kind),
    });
    const hold = run.hold();
    const first = run.readAnalysis();
    answers[0].resolve(RESULT);
    await first;
    states.length = 0;
    return { run, workers, answers, states, hold };
  }

  function spans(...sizes: number[]): RunGroup {
    const { files, ...rest } = group(...sizes);
    return { ...rest, files: files.map((file) => ({ ...file, format: 'spans' })) };
  }

  it('is read on by another thread, which shows no progress, while the one with the tables answers', async () => {
    const { run, workers, answers, states } = await grown();
    run.update(spans(2));
    assert.equal(workers.length, 2);
    assert.equal((await run.readAnalysis()).generation, 1, 'what is there is given');
    assert.equal(await run.ask(1, whoAnswers), 0);
    workers[1].progress(10);
    answers[1].resolve(RESULT);
    await run.settle();
    assert.deepEqual(states, ['ready']);
    assert.equal(run.analyzed?.generation, 2);
    assert.equal(await run.ask(2, whoAnswers), 1);
    assert.equal(await run.ask(1, whoAnswers), 0, 'a page that is behind has its answer');
  });

  it('is read on by both threads in turn', async () => {
    const { run, workers, answers } = await grown();
    for (const generation of [2, 3, 4, 5]) {
      run.update(spans(generation));
      await assert.rejects(
        run.ask(generation - 2, async () => 'gone'),
        StaleGeneration,
      );
      answers[generation - 1].resolve(RESULT);
      await run.settle();
      assert.equal(await run.ask(generation, whoAnswers), (generation - 1) % 2);
    }
    assert.equal(workers.length, 2);
    run.rest();
    assert.deepEqual(
      workers.map(({ isDisposed }) => isDisposed),
      [false, true],
    );
    assert.equal(await run.ask(5, whoAnswers), 0);
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
    assert.equal(workers.length, 2);
    assert.equal(run.analyzed?.generation, 3);
  });

  it('starts anew where another file comes, also while it is read on', async () => {
    const { run, workers, answers, states } = await grown();
    run.update(spans(2));
    run.update(spans(2, 5));
    answers[1].resolve(RESULT);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(workers.length, 3);
    answers[2].resolve(RESULT);
    await run.settle();
    assert.deepEqual(states, ['ready', 'analyzing', 'ready']);
    assert.deepEqual(
      workers.map(({ isDisposed }) => isDisposed),
      [true, true, false],
    );
    assert.equal(run.analyzed?.generation, 3);
  });

  it('keeps its tables where reading on fails, and tries again', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    answers[1].reject(new Error('rank0 cannot be read'));
    await run.settle();
    assert.deepEqual(run.state, { kind: 'failed', message: 'rank0 cannot be read' });
    assert.equal(await run.ask(1, whoAnswers), 0);
    assert.equal(workers[1].isDisposed, true);
    run.update(spans(3));
    answers[2].resolve(RESULT);
    await run.settle();
    assert.equal(workers.length, 3);
    assert.equal(run.state.kind, 'ready');
  });

  it('leaves reading on for an analysis from the beginning', async () => {
    const { run, workers, answers } = await grown();
    run.update(spans(2));
    const again = run.analyzeAgain();
    assert.equal(workers[1].isDisposed, true);
    answers[2].resolve(RESULT);
    assert.equal((await again).generation, 2);
  });

  it('lets go of both threads when nobody holds it any more', async () => {
    const { run, workers, answers, hold } = await grown();
    run.update(spans(2));
    answers[1].resolve(RESULT);
    await run.settle();
    hold.dispose();
    assert.deepEqual(
      workers.map(({ isDisposed }) => isDisposed),
      [true, true],
    );
    for (const generation of [1, 2]) {
      await assert.rejects(
        run.ask(generation, async () => 'gone'),
        StaleGeneration,
      );
    }
  });
});
