import assert from 'node:assert/strict';
import type { AnalysisWorker } from '../../../src/extension/runs/analysis-worker.ts';
import { SharedWorker } from '../../../src/extension/runs/shared-worker.ts';

describe('SharedWorker', () => {
  it('has one thread for questions that overlap, and ends it after the last answer', async () => {
    const { shared, threads, answer } = setUp();
    const first = shared.ask(answer.bind(null, 'first'));
    const second = shared.ask(answer.bind(null, 'second'));
    assert.deepEqual(threads, ['running']);
    assert.equal(await first, 'first');
    assert.equal(await second, 'second');
    assert.deepEqual(threads, ['ended']);
  });

  it('has a new thread for what is asked later', async () => {
    const { shared, threads, answer } = setUp();
    await shared.ask(answer.bind(null, ''));
    await shared.ask(answer.bind(null, ''));
    assert.deepEqual(threads, ['ended', 'ended']);
  });

  it('asks another thread once one has failed, and ends both', async () => {
    const { shared, threads, answer } = setUp();
    let fail: (error: Error) => void = () => undefined;
    const failing = shared.ask(async () => await new Promise((_, reject) => (fail = reject)));
    let end = (): void => undefined;
    const pending = shared.ask(async () => await new Promise<void>((resolve) => (end = resolve)));
    fail(new Error('too much memory'));
    await assert.rejects(failing, /too much memory/);
    assert.equal(await shared.ask(answer.bind(null, 'after')), 'after');
    assert.deepEqual(threads, ['running', 'ended']);
    end();
    await pending;
    assert.deepEqual(threads, ['ended', 'ended']);
  });
});

function setUp(): {
  readonly shared: SharedWorker;
  readonly threads: string[];
  readonly answer: (text: string) => Promise<string>;
} {
  const threads: string[] = [];
  const start = (): AnalysisWorker => {
    const index = threads.push('running') - 1;
    return {
      ask: async (question) => await question({} as Parameters<typeof question>[0]),
      dispose: () => {
        threads[index] = 'ended';
      },
    };
  };
  return {
    shared: new SharedWorker(start),
    threads,
    answer: async (text) => await Promise.resolve(text),
  };
}
