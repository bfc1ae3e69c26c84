import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/extension/ids.ts';
import type { RunStore } from '../../src/extension/runs/run-store.ts';
import {
  acceptQuickPicks,
  activateExtension,
  closeAllEditors,
  makeFolder,
  removeFolder,
  waitForRun,
} from './workspace.ts';

const FOLDER = 'finding-runs-test';

/** A trace of generic events, as `export_chrome_trace` and many other tools write it. */
const TRACE = JSON.stringify({
  traceEvents: Array.from({ length: 30 }, (_, index) => ({
    ph: 'X',
    name: index % 2 === 0 ? 'load' : 'train',
    pid: 1,
    tid: 1,
    ts: index * 1000,
    dur: 900,
  })),
});

/** Long enough that only reading on could tell that it holds no events. */
const NO_TRACE = JSON.stringify({ images: Array.from({ length: 9_000 }, (_, id) => ({ id })) });

describe('finding runs', () => {
  let store: RunStore;
  let folder = '';

  before(async () => {
    ({ store } = await activateExtension());
    folder = makeFolder(FOLDER);
  });

  after(async () => {
    await setWatch(undefined);
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  const paths = (): string[] =>
    store.runs.flatMap(({ group }) => group.files.map(({ path }) => path));

  async function setWatch(isOn: boolean | undefined): Promise<void> {
    await vscode.workspace
      .getConfiguration('trainingSleuth')
      .update('watch.enabled', isOn, vscode.ConfigurationTarget.Global);
  }

  it('notices a new trace by what it holds, whatever its name', async () => {
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new', 'annotations.json'), NO_TRACE);
    mkdirSync(join(folder, 'new', '.cache'));
    writeFileSync(join(folder, 'new', '.cache', 'hidden.json'), TRACE);
    writeFileSync(join(folder, 'new', 'export.json'), TRACE);
    await waitForRun(store, ({ group }) =>
      group.files.some(({ path }) => path.endsWith('export.json')),
    );
    assert.deepEqual(
      paths().filter((path) => path.startsWith(join(folder, 'new'))),
      [join(folder, 'new', 'export.json')],
    );
  });

  it('notices a file that is no trace yet when it is created', async () => {
    const path = join(folder, 'later.json');
    const looked = waitForRun(store, ({ group }) =>
      group.files.some((file) => file.path === join(folder, 'beacon.json')),
    );
    writeFileSync(path, '');
    writeFileSync(join(folder, 'beacon.json'), TRACE);
    await looked;
    writeFileSync(path, TRACE);
    await waitForRun(store, ({ group }) => group.files.some((file) => file.path === path));
  });

  it('stops looking when nobody waits for it', async () => {
    const canceled = { name: 'AnalysisCanceled' };
    await assert.rejects(store.discover([folder], [], AbortSignal.abort()), canceled);
    const closed = new AbortController();
    const looking = store.discover([folder], [], closed.signal);
    closed.abort();
    await assert.rejects(looking, canceled);
  });

  it('finds on command what no name tells and nobody watched', async () => {
    await setWatch(false);
    const path = join(folder, 'hta-2024.json.gz');
    writeFileSync(path, gzipSync(TRACE));
    await acceptQuickPicks(vscode.commands.executeCommand(COMMANDS.analyzeRun));
    assert.ok(paths().includes(path));
    assert.ok(!paths().some((found) => found.endsWith('annotations.json')));
    assert.equal(store.shown?.group.files[0]?.path, path);
  });
});
