import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ANY_RUN_EDITOR, RUN_EDITOR } from '../../src/extension/ids.ts';
import { describeNode } from '../../src/extension/tree/run-nodes.ts';
import {
  activateExtension,
  appendSteps,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  removeFolder,
  waitForRemoval,
  waitForRun,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'run-editor-test';
const SPANS: readonly DrawnSpan[] = [
  { name: 'loader', phase: 'data', file: 'loop.py', line: 2, fromMs: 0, toMs: 30 },
  { name: 'forward', phase: 'forward', file: 'loop.py', line: 3, fromMs: 30, toMs: 90 },
];

function activeCustomEditor(): { viewType: string; path: string } | null {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom
    ? { viewType: input.viewType, path: input.uri.fsPath }
    : null;
}

describe('the run editor', () => {
  let folder = '';
  let count = 0;
  beforeEach(() => {
    count += 1;
    folder = makeFolder(`${FOLDER}-${count}`);
  });
  afterEach(async () => {
    await closeAllEditors();
    removeFolder(`${FOLDER}-${count}`);
  });

  function writeRun(name: string, ranks: number): string[] {
    return Array.from({ length: ranks }, (_, rank) => {
      const path = join(folder, `${name}.rank${rank}.spans.jsonl`);
      writeSpans(path, { rank, worldSize: ranks, steps: 12, spans: SPANS });
      return path;
    });
  }

  it('opens timing files by default, with all ranks of their run', async () => {
    const { store } = await activateExtension();
    const paths = writeRun('pair', 2);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(paths[1]));
    assert.deepEqual(activeCustomEditor(), { viewType: RUN_EDITOR, path: paths[1] });
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    assert.deepEqual(run.analyzed?.report.run.ranks, [0, 1]);
    assert.equal(run.analyzed.report.run.steps.total, 12);
    assert.deepEqual(
      run.group.files.map(({ path }) => path),
      paths,
    );
  });

  it('opens any JSON that holds a trace on request', async () => {
    const { store } = await activateExtension();
    const path = join(folder, 'chrome.json');
    const events = Array.from({ length: 30 }, (_, i) => ({
      ph: 'X',
      name: i % 2 === 0 ? 'load' : 'train',
      pid: 1,
      tid: 1,
      ts: i * 1000,
      dur: 900,
    }));
    writeFileSync(path, JSON.stringify({ traceEvents: events }));
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), ANY_RUN_EDITOR);
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    assert.equal(run.analyzed?.report.health.events.kept, 30);
  });

  it('lets go of the tables when its tab is closed, and keeps the report', async () => {
    const { store } = await activateExtension();
    const [path] = writeRun('single', 1);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    const generation = run.analyzed?.generation ?? 0;
    const window = { startNs: 0, endNs: 1e9, widthPx: 100, rows: [{ rank: 0, lane: -1 }] };
    const answer = await run.ask(generation, (remote) => remote.readWindow(window));
    assert.ok(answer.columns.byteLength > 8);
    const closed = new Promise<void>((resolve) => {
      const subscription = vscode.window.tabGroups.onDidChangeTabs(({ closed: tabs }) => {
        if (tabs.length > 0) {
          subscription.dispose();
          setImmediate(resolve);
        }
      });
    });
    await closeAllEditors();
    await closed;
    await assert.rejects(
      run.ask(generation, (remote) => remote.readWindow(window)),
      { name: 'StaleGeneration' },
    );
    assert.equal(run.analyzed?.report.run.steps.total, 12);
  });

  it('analyses a run again that grows, and finds a rank that joins', async () => {
    const { store } = await activateExtension();
    const [path] = writeRun('growing', 1);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    appendSteps(path, 12, 5, SPANS);
    await waitForRun(store, (one) => one === run && one.analyzed?.report.run.steps.total === 17);
    assert.ok((run.analyzed?.generation ?? 0) >= 2);
    writeSpans(join(folder, 'growing.rank1.spans.jsonl'), {
      rank: 1,
      worldSize: 2,
      steps: 17,
      spans: SPANS,
    });
    await waitForRun(store, (one) => one === run && one.analyzed?.report.run.ranks.length === 2);
  });

  it('follows a run that goes on growing, and shows no progress meanwhile', async () => {
    const { store } = await activateExtension();
    const [path] = writeRun('followed', 1);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    const states = new Set<string>();
    const subscription = store.onDidChangeRun((one) => {
      if (one === run) {
        states.add(one.state.kind);
      }
    });
    const beganMs = Date.now();
    const rounds = 6;
    for (let round = 0; round < rounds; round++) {
      appendSteps(path, 12 + 5 * round, 5, SPANS);
      const total = 12 + 5 * (round + 1);
      await waitForRun(
        store,
        (one) => one === run && one.analyzed?.report.run.steps.total === total,
      );
    }
    subscription.dispose();
    assert.deepEqual([...states], ['ready'], 'no progress is shown for what takes no time');
    const tookMs = Date.now() - beganMs;
    assert.ok(tookMs < rounds * 2_500, `${tookMs} ms for ${rounds} times; a second each by itself`);
  });

  it('sees a run grow in folders that were made in one go', async () => {
    const { store } = await activateExtension();
    const inner = join(folder, 'deep', 'deeper', 'rank0');
    mkdirSync(inner, { recursive: true });
    const path = join(inner, 'nested.spans.jsonl');
    writeSpans(path, { rank: 0, worldSize: 1, steps: 12, spans: SPANS });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.files.some((file) => file.path === path),
    );
    appendSteps(path, 12, 5, SPANS);
    await waitForRun(store, (one) => one === run && one.analyzed?.report.run.steps.total === 17);
  });

  it('lists a run whose folder is moved into the workspace', async () => {
    const { store } = await activateExtension();
    writeRun('moved', 2);
    const outside = mkdtempSync(join(tmpdir(), 'training-sleuth-moved-'));
    rmSync(outside, { recursive: true });
    renameSync(folder, outside);
    const known = store.runs.find(({ group }) => group.folder === folder);
    if (known !== undefined) {
      await waitForRemoval(store, known);
    }
    renameSync(outside, folder);
    const run = await waitForRun(store, ({ group }) => group.folder === folder);
    assert.equal(run.group.files.length, 2);
  });

  it('keeps a run that is open while its files are deleted and written anew', async () => {
    const { store } = await activateExtension();
    const [path] = writeRun('rewritten', 1);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    rmSync(path);
    await waitForRun(store, (one) => one === run && one.state.kind === 'gone');
    const window = { startNs: 0, endNs: 1e9, widthPx: 100, rows: [{ rank: 0, lane: -1 }] };
    const answer = await run.ask(run.analyzed?.generation ?? 0, (remote) =>
      remote.readWindow(window),
    );
    assert.ok(answer.columns.byteLength > 8);
    writeSpans(path, { rank: 0, worldSize: 1, steps: 7, spans: SPANS });
    await waitForRun(
      store,
      (one) =>
        one === run && one.state.kind === 'ready' && one.analyzed?.report.run.steps.total === 7,
    );
    assert.equal(store.find(run.id), run);
    assert.equal(store.shown, run);
    rmSync(path);
    await waitForRun(store, (one) => one === run && one.state.kind === 'gone');
    const removal = waitForRemoval(store, run);
    await closeAllEditors();
    await removal;
  });

  it('lists a run that appears, and forgets one that is deleted', async () => {
    const { store } = await activateExtension();
    const [, second] = writeRun('new', 2);
    const run = await waitForRun(
      store,
      ({ group }) => group.folder === folder && group.files.length === 2,
    );
    assert.equal(run.state.kind, 'found');
    const describe = (): unknown =>
      describeNode({ kind: 'run', run }, { isShown: false, isBaseline: false, pulse: null })
        .description;
    assert.equal(describe(), '2 files, not analyzed yet');
    rmSync(second);
    await waitForRun(store, (one) => one === run && one.group.files.length === 1);
    assert.equal(describe(), '1 file, not analyzed yet');
    const removal = waitForRemoval(store, run);
    removeFolder(`${FOLDER}-${count}`);
    await removal;
  });
});
