import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { hotLines } from '../../src/extension/hints/heat-bar.ts';
import type { ShownLines } from '../../src/extension/hints/shown-lines.ts';
import { COMMANDS } from '../../src/extension/ids.ts';
import type { RunStore } from '../../src/extension/runs/run-store.ts';
import {
  activateExtension,
  closeAllEditors,
  type DrawnSpan,
  makeFolder,
  readHints,
  removeFolder,
  waitForRun,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'hints-test';
const LINES = 3_000;
/** Of a file that was written less than two seconds before, nothing is kept. */
const AT_REST_MS = 2_500;
const FIRST = 20;
const MARKED = Array.from({ length: 100 }, (_, i) => FIRST + 29 * i);

/** A hundred lines of a long script; the first takes a fifth of the step, and twice that on the second rank. */
function spansOf(rank: number): DrawnSpan[] {
  return MARKED.map((line, i) => ({
    name: `part ${i}`,
    phase: 'forward',
    file: 'long.py',
    line,
    fromMs: i === 0 ? 0 : 50 + i * 0.5,
    toMs: i === 0 ? 20 * (rank + 1) : 50 + i * 0.5 + 0.4,
  }));
}

describe('hints of a long file', () => {
  let script = vscode.Uri.file('/');
  let store: RunStore;
  let lines: ShownLines;

  before(async () => {
    ({ store, lines } = await activateExtension());
    const folder = makeFolder(FOLDER);
    script = vscode.Uri.file(join(folder, 'long.py'));
    writeScript(script.fsPath, LINES);
    for (const rank of [0, 1]) {
      const path = join(folder, `long.rank${rank}.spans.jsonl`);
      writeSpans(path, { rank, worldSize: 2, steps: 30, spans: spansOf(rank) });
    }
    const trace = vscode.Uri.file(join(folder, 'long.rank0.spans.jsonl'));
    await vscode.commands.executeCommand('vscode.open', trace);
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    store.show(run);
    await lines.settle();
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  it('stand at each of its lines, and say by how much a rank differs', async function () {
    const beganMs = performance.now();
    const hints = await readHints(script);
    tell(this, `${(performance.now() - beganMs).toFixed(1)} ms to open and to hint`);
    assert.deepEqual(
      hints.map(({ line }) => line),
      MARKED,
    );
    assert.equal(
      hints[0]?.text.replaceAll('\u00a0', ' '),
      // Half of the steps take 20 ms and half 40.
      '◂ 30 ms/step · 30 % · p95 40 ms · rank 1 +100 %',
    );
  });

  it('follow their lines at each key that is typed', async function () {
    const document = await vscode.workspace.openTextDocument(script);
    const editor = await vscode.window.showTextDocument(document);
    const times: number[] = [];
    for (let key = 1; key <= 20; key++) {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x\n'));
      const beganMs = performance.now();
      const shown = lines.read(document);
      times.push(performance.now() - beganMs);
      assert.deepEqual(
        shown.map(({ line }) => line),
        MARKED.map((line) => line + key),
      );
    }
    times.sort((a, b) => a - b);
    const [median, most] = [times[10], times.at(-1)].map((ms) => ms?.toFixed(2));
    tell(this, `${median} ms a key, ${most} ms at most`);
    const hints = await readHints(script);
    assert.equal(hints[0]?.line, FIRST + 20);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('have a bar where the line takes enough of the step', async () => {
    const document = await vscode.workspace.openTextDocument(script);
    const shown = lines.read(document);
    const stepTime = lines.analysis?.stepTime ?? null;
    assert.deepEqual(hotLines(shown, stepTime, 5), [{ line: FIRST, level: 3 }]);
    assert.equal(hotLines(shown, stepTime, 0.1).length, MARKED.length);
    assert.deepEqual(hotLines(shown, stepTime, 31), []);
  });

  it('show on hover how the times are spread, as a picture with a text for who does not see it', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      script,
      new vscode.Position(FIRST - 1, 0),
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
      .find((value) => value.includes('p99'));
    assert.ok(text, 'there is no hover of ours');
    const [, alt, data] = /!\[([^\]]*)\]\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text) ?? [];
    assert.ok(alt && data, text);
    // Two ranks of thirty steps, the first two of each warm up.
    assert.match(alt.replaceAll('\u00a0', ' '), /^Times of \d+ steps from 20 ms to 40 ms/);
    const svg = Buffer.from(data, 'base64').toString();
    assert.ok(svg.startsWith('<svg') && svg.endsWith('</svg>') && svg.length < 8_000);
  });

  it('lead from a line to its spans on the timeline, of all steps and ranks', async () => {
    const { views } = await activateExtension();
    const run = store.shown;
    assert.ok(run);
    await vscode.commands.executeCommand(COMMANDS.showLineSpans, script.toString(), FIRST);
    const isFirst = (): boolean => {
      const view = views.find(run.id) as { selection: { kind: string } | null } | null;
      return view?.selection?.kind === 'span';
    };
    await new Promise<void>((resolve) => {
      const subscription = views.onDidKeep(() => {
        if (isFirst()) {
          subscription.dispose();
          resolve();
        }
      });
      if (isFirst()) {
        subscription.dispose();
        resolve();
      }
    });
    assert.ok(
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom,
    );
  });

  it('offer the way to the timeline at the lines that have one, and nowhere else', async () => {
    const titlesAt = async (line: number): Promise<string[]> => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        script,
        new vscode.Range(line - 1, 0, line - 1, 0),
      );
      return actions.map(({ title }) => title).filter((title) => title.includes('timeline'));
    };
    assert.deepEqual(await titlesAt(FIRST), ['Show spans of this line on the timeline']);
    assert.deepEqual(await titlesAt(FIRST + 1), []);
  });

  it('are kept for the trend of later sessions', async () => {
    const folder = makeFolder('kept-lines-test');
    const path = join(folder, 'kept.rank0.spans.jsonl');
    writeSpans(path, { rank: 0, worldSize: 1, steps: 30, spans: spansOf(0) });
    await new Promise((resolve) => setTimeout(resolve, AT_REST_MS));
    const shown = store.shown;
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    let kept = await store.recallLines(run);
    while (kept === null) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      kept = await store.recallLines(run);
    }
    assert.deepEqual(kept, run.analyzed?.report.lines);
    await closeAllEditors();
    removeFolder('kept-lines-test');
    store.show(shown);
    await lines.settle();
  });

  it('are gone with their bars once they are cleared', async () => {
    const shown = store.shown;
    const document = await vscode.workspace.openTextDocument(script);
    await vscode.commands.executeCommand(COMMANDS.clearFindings);
    assert.deepEqual(lines.read(document), []);
    assert.equal(lines.analysis, null);
    assert.deepEqual(await readHints(script), []);
    store.show(shown);
    await lines.settle();
    assert.equal(lines.read(document).length, MARKED.length);
  });
});

/** Times are told, not asserted: they are those of this machine at this moment. */
function tell(context: Mocha.Context, times: string): void {
  if (context.test !== undefined) {
    context.test.title += ` (${times})`;
  }
}
