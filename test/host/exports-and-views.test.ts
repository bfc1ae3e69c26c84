import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, LINK_COMMANDS } from '../../src/extension/ids.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
import type { TestAccess } from '../../src/extension/test-access.ts';
import {
  activateExtension,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  removeFolder,
  waitForRun,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'exports-and-views-test';
const SPANS: readonly DrawnSpan[] = [
  { name: 'loader', phase: 'data', file: 'loop.py', line: 2, fromMs: 0, toMs: 60 },
  { name: 'forward', phase: 'forward', file: 'loop.py', line: 3, fromMs: 60, toMs: 90 },
];

interface View {
  readonly range: { readonly startNs: number; readonly endNs: number };
  readonly openRanks: readonly number[];
}

describe('what leaves the run editor, and what comes back', () => {
  let folder = '';
  let access: TestAccess;
  let run: TrainingRun;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    folder = makeFolder(`${FOLDER}-${count}`);
    access = await activateExtension();
    const path = join(folder, 'job.rank0.spans.jsonl');
    writeSpans(path, { rank: 0, worldSize: 1, steps: 12, spans: SPANS });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    run = await waitForRun(
      access.store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
  });

  afterEach(async () => {
    await closeAllEditors();
    removeFolder(`${FOLDER}-${count}`);
  });

  /** The next view that the page asks to keep, or the present one, once it fits. */
  async function waitForView(fits: (view: View) => boolean): Promise<View> {
    const present = access.views.find(run.id) as View | null;
    if (present !== null && fits(present)) {
      return present;
    }
    return await new Promise((resolve) => {
      const subscription = access.views.onDidKeep((id) => {
        const view = access.views.find(id) as View;
        if (id === run.id && fits(view)) {
          subscription.dispose();
          resolve(view);
        }
      });
    });
  }

  it('is shown as it was left when it is closed and opened again', async () => {
    const first = await waitForView(({ range }) => range.endNs > range.startNs);
    await closeAllEditors();
    const left = { ...first, range: { startNs: 2e8, endNs: 3e8 }, openRanks: [] };
    await access.views.keep(run.id, left);
    const kept = new Promise<View>((resolve) => {
      const subscription = access.views.onDidKeep((id) => {
        subscription.dispose();
        resolve(access.views.find(id) as View);
      });
    });
    const path = run.group.files[0]?.path ?? '';
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const shown = await kept;
    assert.deepEqual(shown.range, left.range);
    assert.deepEqual(shown.openRanks, [], 'the rank that was closed stays closed');
  });

  it('shows one run in two editors, and one goes on when the other is closed', async () => {
    await waitForView(({ range }) => range.endNs > range.startNs);
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    const tabs = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs: own }) =>
        own.filter(({ input }) => input instanceof vscode.TabInputCustom),
      );
    assert.equal(tabs().length, 2);
    assert.equal(run.analyzed?.generation, 1, 'analyzed once for both');
    await vscode.window.tabGroups.close(tabs()[1]);
    assert.equal(tabs().length, 1);
    const window = { startNs: 0, endNs: 1e9, widthPx: 100, rows: [{ rank: 0, lane: -1 }] };
    const { columns } = await run.ask(1, (remote) => remote.readWindow(window));
    assert.ok(columns.byteLength > 8);
  });

  it('writes tables, windows and pages with the worker, as a whole or not at all', async () => {
    const write = async (id: number, name: string, wish: object) =>
      await run.ask(1, (remote) =>
        remote.writeExport({ id, path: join(folder, name), wish: wish as { kind: 'html' } }),
      );
    await write(1, 'steps.csv', { kind: 'csv', table: 'steps' });
    const lines = readFileSync(join(folder, 'steps.csv'), 'utf8').trimEnd().split('\r\n');
    assert.equal(lines.length, 13);
    const rows = [{ rank: 0, lane: -1 }];
    await write(2, 'window.json', { kind: 'chrome', startNs: 0, endNs: 1e9, rows });
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8')) as {
      traceEvents: { name: string }[];
    };
    assert.equal(traceEvents.filter(({ name }) => name === 'forward').length, 10);
    const { bytes } = await write(3, 'report.html', { kind: 'html' });
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    assert.equal(Buffer.byteLength(page), bytes);
    assert.match(page, /^<!DOCTYPE html>[^]*id="run-data">[\w+/=]{100}/);
    await assert.rejects(write(4, 'gone/x.csv', { kind: 'csv', table: 'gaps' }), /Choose another/);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('copies a finding of the tree as Markdown', async () => {
    const finding = run.analyzed?.report.findings[0];
    assert.ok(finding);
    const node = { kind: 'finding', run, generation: 1, index: 0, finding };
    await vscode.commands.executeCommand(LINK_COMMANDS.copyFinding, node);
    const text = await vscode.env.clipboard.readText();
    assert.ok(text.startsWith('## ') && text.includes('Training Sleuth'), text);
  });

  it('offers its commands where a run editor is in front', async () => {
    const known = await vscode.commands.getCommands(true);
    for (const command of [COMMANDS.exportPng, COMMANDS.exportHtml, COMMANDS.exportCsv]) {
      assert.ok(known.includes(command));
    }
  });
});
