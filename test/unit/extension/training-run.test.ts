import assert from 'node:assert/strict';
import type { RunGroup } from '../../../src/core/model/run.ts';
import {
  AnalysisCanceled,
  StaleGeneration,
  TrainingRun,
} from '../../../src/extension/runs/training-run.ts';
import {
  type FakeWorker,
  fakeWorker,
  group,
  RESULT,
  type Result,
} from '../../support/fake-worker.ts';

/** A run whose workers are driven by hand, and a record of what its owner was told. */
function drive() {
  const workers: FakeWorker[] = [];
  const groups: RunGroup[] = [];
  const states: string[] = [];
  const run: TrainingRun = new TrainingRun(group(1), {
    startWorker: (onProgress) => {
      const worker = fakeWorker(onProgress);
      workers.push(worker);
      return worker;
    },
    analyze: async (worker, analyzed) => {
      groups.push(analyzed);
      return await worker.ask(async () => ({}) as Result);
    },
    describeGone: ({ name }) => `${name} is gone`,
    nowMs: () => 42,
    onDidChange: (changed) => states.push(changed.state.kind),
  });
  return { run, workers, groups, states };
}

describe('TrainingRun', () => {
  it('is analysed once for all who wait, and numbers its analyses', async () => {
    const { run, workers } = drive();
    run.hold();
    const both = Promise.all([run.readAnalysis(), run.readAnalysis()]);
    workers[0].finish(RESULT);
    const [first, second] = await both;
    assert.equal(workers.length, 1);
    assert.equal(first, second);
    assert.equal(first.generation, 1);
    assert.equal(first.finishedAtMs, 42);
    assert.equal(await run.readAnalysis(), first);
  });

  it('tells its owner of progress and of the end', async () => {
    const { run, workers, states } = drive();
    run.hold();
    const done = run.readAnalysis();
    workers[0].progress(50);
    assert.deepEqual(run.state, { kind: 'analyzing', text: 'reading', percent: 50 });
    workers[0].finish(RESULT);
    await done;
    assert.deepEqual(states, ['analyzing', 'analyzing', 'ready']);
  });

  it('ends the worker when nobody holds it any more, and keeps the report', async () => {
    const { run, workers } = drive();
    const first = run.hold();
    const second = run.hold();
    const done = run.readAnalysis();
    workers[0].finish(RESULT);
    await done;
    first.dispose();
    first.dispose();
    assert.equal(workers[0].isDisposed, false);
    second.dispose();
    assert.equal(workers[0].isDisposed, true);
    assert.equal(run.analyzed?.report, RESULT.report);
    await assert.rejects(
      run.ask(1, async () => 0),
      StaleGeneration,
    );
  });

  it('cancels the analysis when the last one who waits lets go', async () => {
    const { run, workers } = drive();
    const hold = run.hold();
    const done = run.readAnalysis();
    hold.dispose();
    await assert.rejects(done, AnalysisCanceled);
    assert.equal(workers[0].isDisposed, true);
    assert.deepEqual(run.state, { kind: 'found' });
  });

  it('says why it failed, and tries again when asked', async () => {
    const { run, workers } = drive();
    run.hold();
    const failed = run.readAnalysis();
    workers[0].fail(new Error('rank0.json cannot be read'));
    await assert.rejects(failed, /rank0\.json cannot be read/);
    assert.deepEqual(run.state, { kind: 'failed', message: 'rank0.json cannot be read' });
    const again = run.readAnalysis();
    workers[1].finish(RESULT);
    assert.equal((await again).generation, 1);
  });

  it('serves the old tables until the new ones are there', async () => {
    const { run, workers } = drive();
    run.hold();
    const first = run.readAnalysis();
    workers[0].finish(RESULT);
    await first;
    run.update(group(2));
    assert.equal(await run.ask(1, async () => 'old'), 'old');
    assert.equal(workers[0].isDisposed, false);
    const second = run.readAnalysis();
    workers[1].finish(RESULT);
    assert.equal((await second).generation, 2);
    assert.equal(workers[0].isDisposed, true);
    await assert.rejects(
      run.ask(1, async () => 0),
      StaleGeneration,
    );
  });

  it('reads only the newest of several changes', async () => {
    const { run, workers, groups } = drive();
    run.hold();
    const first = run.readAnalysis();
    run.update(group(2));
    run.update(group(3));
    workers[0].finish(RESULT);
    await first;
    assert.equal(workers.length, 2);
    assert.deepEqual(
      groups.map(({ files }) => files[0]?.sizeBytes),
      [1, 3],
    );
  });

  it('does not read a changed run that was never analysed', () => {
    const { run, workers, states } = drive();
    run.update(group(2, 3));
    assert.equal(workers.length, 0);
    assert.equal(run.modifiedMs, 1_003);
    assert.deepEqual(states, ['found']);
  });

  it('gives those who wait the result of the analysis that replaced theirs', async () => {
    const { run, workers } = drive();
    run.hold();
    const waiting = run.readAnalysis();
    const again = run.analyzeAgain();
    workers[1].finish(RESULT);
    assert.equal(await waiting, await again);
    assert.equal(workers[0].isDisposed, true);
  });

  it('keeps its tables for those who hold it when its files are deleted', async () => {
    const { run, workers } = drive();
    run.hold();
    const done = run.readAnalysis();
    workers[0].finish(RESULT);
    await done;
    run.loseFiles();
    assert.deepEqual(run.state, { kind: 'gone', message: 'run is gone' });
    assert.equal(await run.ask(1, async () => 'old'), 'old');
    assert.equal((await run.readAnalysis()).generation, 1);
  });

  it('is revived when its files return, be they the same as before', async () => {
    const { run, workers } = drive();
    run.hold();
    const done = run.readAnalysis();
    workers[0].finish(RESULT);
    await done;
    run.loseFiles();
    run.update(group(1));
    assert.equal(run.isGone, false);
    const again = run.readAnalysis();
    workers[1].finish(RESULT);
    assert.equal((await again).generation, 2);
    assert.deepEqual(run.state, { kind: 'ready' });
  });

  it('stays gone where it is analysed again before its files return', async () => {
    const { run, workers } = drive();
    run.hold();
    run.loseFiles();
    const again = run.analyzeAgain();
    workers[0].fail(new Error('no such file'));
    await assert.rejects(again, /no such file/);
    assert.deepEqual(run.state, { kind: 'gone', message: 'run is gone' });
    run.update(group(1));
    assert.equal(workers.length, 2);
  });

  it('reads the files that returned while the attempt without them failed', async () => {
    const { run, workers } = drive();
    run.hold();
    run.loseFiles();
    const again = run.analyzeAgain();
    run.update(group(2));
    workers[0].fail(new Error('no such file'));
    await new Promise(setImmediate);
    workers[1].finish(RESULT);
    assert.equal((await again).generation, 1);
  });

  it('tells its owner when the last holder lets go of a run without files', () => {
    const { run, states } = drive();
    const hold = run.hold();
    run.loseFiles();
    hold.dispose();
    assert.equal(run.isHeld, false);
    assert.deepEqual(states, ['gone', 'gone']);
  });

  it('leaves an analysis that is canceled to nobody', async () => {
    const { run } = drive();
    run.hold();
    const again = run.analyzeAgain();
    run.cancel();
    await assert.rejects(again, AnalysisCanceled);
  });
});
