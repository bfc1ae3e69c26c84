import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunWorker, WorkerFailed } from '../../../src/extension/runs/run-worker.ts';

const WORDS = {
  outOfMemory: (limitMb: number) => `more than ${limitMb} MB`,
  ended: (reason: string) => `ended: ${reason}`,
};

describe('RunWorker', () => {
  let folder = '';
  const workers: RunWorker[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-worker-'));
  });
  afterEach(() => workers.splice(0).forEach((worker) => worker.dispose()));
  after(() => rmSync(folder, { recursive: true }));

  function start(
    code: string,
    memoryLimitMb = 64,
  ): { worker: RunWorker; progress: [string, number][] } {
    const scriptPath = join(folder, `worker-${workers.length}-${Date.now()}.mjs`);
    writeFileSync(scriptPath, `import { parentPort } from 'node:worker_threads';\n${code}`);
    const progress: [string, number][] = [];
    const worker = new RunWorker(
      {
        scriptPath,
        memoryLimitMb,
        onProgress: (text, percent) => progress.push([text, percent]),
        onError: () => undefined,
      },
      WORDS,
    );
    workers.push(worker);
    return { worker, progress };
  }

  const discover = async (worker: RunWorker) =>
    await worker.ask((remote) => remote.discover({ paths: [], named: [] }));

  it('asks its thread, and hears of progress', async () => {
    const { worker, progress } = start(`parentPort.on('message', ({ id, method }) => {
      parentPort.postMessage({ kind: 'request', id: 1, method: 'progressed', params: { text: method, percent: 50 } });
      parentPort.postMessage({ kind: 'response', id, result: [] });
    });`);
    assert.deepEqual(await discover(worker), []);
    assert.deepEqual(progress, [['discover', 50]]);
  });

  it('says so when the thread needs too much memory', async () => {
    const { worker } = start(
      `parentPort.on('message', () => {
        const kept = [];
        for (;;) kept.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
      });`,
      32,
    );
    await assert.rejects(discover(worker), { name: 'WorkerFailed', message: 'more than 32 MB' });
  }).timeout(20_000);

  it('says so when the thread throws or ends', async () => {
    const throwing = start(`parentPort.on('message', () => { throw new Error('broken'); });`);
    await assert.rejects(discover(throwing.worker), {
      name: 'WorkerFailed',
      message: 'ended: broken',
    });
    const ending = start(`parentPort.on('message', () => process.exit(3));`);
    await assert.rejects(discover(ending.worker), WorkerFailed);
  });

  it('answers nothing any more once it is disposed', async () => {
    const { worker } = start(`parentPort.on('message', () => undefined);`);
    const pending = discover(worker);
    worker.dispose();
    await assert.rejects(pending, /connection was closed/);
    await assert.rejects(discover(worker), /connection is closed/);
  });

  it('lets the thread finish what it puts into the cache, and then ends it', async () => {
    const line = new BroadcastChannel('run-worker-test');
    const told = (wanted: string) =>
      new Promise<void>((resolve) => {
        line.onmessage = ({ data }) => data === wanted && resolve();
      });
    try {
      const { worker } = start(`
        const line = new BroadcastChannel('run-worker-test');
        let id = 0;
        const tell = (method, params) =>
          parentPort.postMessage({ kind: 'request', id: ++id, method, params });
        line.onmessage = ({ data }) => {
          if (data === 'still there?') line.postMessage('yes');
          if (data === 'finish') tell('stored', { problem: null });
        };
        parentPort.on('message', ({ kind, id }) => {
          if (kind !== 'request') return;
          tell('storing', {});
          parentPort.postMessage({ kind: 'response', id, result: [] });
        });
        setTimeout(() => process.exit(), 4_000);
      `);
      const ask = async () => await worker.ask((remote) => remote.indexSources({ paths: [] }));
      await ask();
      worker.dispose();
      const isThere = told('yes');
      line.postMessage('still there?');
      await isThere;
      line.postMessage('finish');
      await assert.rejects(async () => {
        for (;;) {
          await ask();
        }
      }, /closed/);
    } finally {
      line.close();
    }
  });
});
