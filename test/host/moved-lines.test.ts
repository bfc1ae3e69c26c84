import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/extension/ids.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
import type { TestAccess } from '../../src/extension/test-access.ts';
import {
  activateExtension,
  closeAllEditors,
  makeFolder,
  readHints,
  removeFolder,
  waitForRun,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'moved-lines-test';
const LINE = 10;

describe('lines that moved', () => {
  let folder = '';
  let access: TestAccess;

  before(async () => {
    access = await activateExtension();
    folder = makeFolder(FOLDER);
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  it('take their hints along while the script is typed into, and after it is saved', async () => {
    const { script } = await record('typed');
    assert.deepEqual(await lines(script), [LINE]);
    const document = await show(script);
    await edit(document, (change) => change.insert(script, new vscode.Position(2, 0), 'a\nb\n'));
    assert.deepEqual(await lines(script), [LINE + 2]);
    await changed(() => document.save());
    assert.deepEqual(await lines(script), [LINE + 2]);
    const [hint] = await readHints(script);
    assert.doesNotMatch(hint.text, /changed/);
  });

  it('are marked when they say something else, though nothing is saved', async () => {
    const { script, run } = await record('changed');
    const document = await show(script);
    const at = document.lineAt(LINE - 1).range;
    await changed(() => edit(document, (change) => change.replace(script, at, 'other(1)')));
    await readHints(script);
    const [place] = await access.resolver.resolveLocation(
      { file: 'changed.py', line: LINE, how: 'recorded' },
      run,
    );
    assert.deepEqual([place.line, place.state], [LINE, 'changed']);
    assert.match((await readHints(script))[0]?.text ?? '', /line changed since/);
    await changed(() => vscode.commands.executeCommand('undo'));
    assert.doesNotMatch((await readHints(script))[0]?.text ?? '', /changed/);
  });

  it('have no hint when they are gone', async () => {
    const { script } = await record('gone');
    const document = await show(script);
    const whole = document.lineAt(LINE - 1).rangeIncludingLineBreak;
    await changed(() => edit(document, (change) => change.delete(script, whole)));
    assert.deepEqual(await lines(script), []);
  });

  it('are found through what was neither committed nor saved elsewhere', async () => {
    const { script, run } = await record('uncommitted');
    const recorded = readFileSync(script.fsPath, 'utf8');
    await changed(() => writeFileSync(script.fsPath, `# new\n# lines\n# above\n${recorded}`));
    assert.deepEqual(await lines(script), [LINE + 3]);
    await show(script);
    await vscode.commands.executeCommand(COMMANDS.compareWithRecorded);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const left = await vscode.workspace.openTextDocument(input.original);
    assert.equal(left.getText(), recorded);
    assert.equal(input.modified.fsPath, script.fsPath);
    assert.equal(run.analyzed?.report.run.sources?.[0]?.file, 'uncommitted.py');
  });

  it('are found through git, where the script was edited before the run was seen', async function () {
    if (!hasGit()) {
      this.skip();
    }
    const script = vscode.Uri.file(join(folder, 'committed.py'));
    writeLines(script.fsPath);
    const text = readFileSync(script.fsPath, 'utf8');
    git('init', '-q');
    git('add', 'committed.py');
    git('commit', '-q', '-m', 'one');
    writeFileSync(script.fsPath, `import os\n${text}`);
    await recordText('committed', text);
    assert.deepEqual(await lines(script), [LINE + 1]);
  });

  /** A run of a script whose recorder wrote which text ran, analyzed and shown. */
  async function record(name: string): Promise<{ script: vscode.Uri; run: TrainingRun }> {
    const script = vscode.Uri.file(join(folder, `${name}.py`));
    writeLines(script.fsPath);
    const run = await recordText(name, readFileSync(script.fsPath, 'utf8'));
    return { script, run };
  }

  async function recordText(name: string, text: string): Promise<TrainingRun> {
    const trace = join(folder, `${name}.spans.jsonl`);
    const span = { name: 'forward', phase: 'forward', file: `${name}.py`, line: LINE };
    const spans = [{ ...span, fromMs: 10, toMs: 60 }];
    writeSpans(trace, { rank: 0, worldSize: 1, steps: 10, spans, run: name });
    const bytes = Buffer.from(text);
    const blob = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    appendFileSync(trace, `${JSON.stringify({ type: 'source', file: `${name}.py`, blob })}\n`);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(trace));
    const run = await waitForRun(
      access.store,
      ({ group, analyzed }) => analyzed?.report.run.sources !== undefined && group.name === name,
    );
    access.store.show(run);
    await access.lines.settle();
    return run;
  }

  /** Does something, and waits until places are looked for again because of it. */
  async function changed(act: () => unknown): Promise<void> {
    const told = new Promise<void>((done) => {
      const subscription = access.resolver.onDidChange(() => {
        subscription.dispose();
        done();
      });
    });
    await act();
    await told;
  }

  async function lines(script: vscode.Uri): Promise<number[]> {
    return (await readHints(script)).map(({ line }) => line);
  }

  function git(...words: readonly string[]): void {
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
      cwd: folder,
      stdio: 'pipe',
    });
  }
});

/** Each line says something of its own. */
function writeLines(path: string): void {
  writeScript(
    path,
    20,
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, `part_${i}()`])),
  );
}

async function show(script: vscode.Uri): Promise<vscode.TextDocument> {
  return (await vscode.window.showTextDocument(script)).document;
}

async function edit(
  document: vscode.TextDocument,
  fill: (change: vscode.WorkspaceEdit) => void,
): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  fill(change);
  assert.ok(await vscode.workspace.applyEdit(change), document.uri.fsPath);
}

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
