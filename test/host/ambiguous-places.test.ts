import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/extension/ids.ts';
import type { SourceResolver } from '../../src/extension/source/source-resolver.ts';
import {
  acceptQuickPicks,
  activateExtension,
  closeAllEditors,
  makeWatchedFolder,
  removeFolder,
  waitForProblems,
  waitForRun,
  workspacePath,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'ambiguous-places-test';

describe('a line that several files may be', () => {
  let folder = '';
  let resolver: SourceResolver;
  let trace = vscode.Uri.file('/');
  const script = (name: string): vscode.Uri => vscode.Uri.file(join(folder, name, 'mirrored.py'));

  before(async () => {
    const access = await activateExtension();
    resolver = access.resolver;
    folder = await makeWatchedFolder(workspacePath(FOLDER));
    for (const name of ['a', 'b']) {
      await makeWatchedFolder(join(folder, name));
      writeScript(script(name).fsPath, 9, {
        4: 'with record_function("mirrored work"):',
        6: 'with record_function("mirrored work"):',
      });
    }
    trace = vscode.Uri.file(join(folder, 'mirrored.rank0.spans.jsonl'));
    writeSpans(trace.fsPath, {
      rank: 0,
      worldSize: 1,
      steps: 40,
      spans: [
        { name: 'loader', phase: 'data', file: 'mirrored.py', line: 2, fromMs: 0, toMs: 70 },
        { name: 'forward', phase: 'forward', file: 'mirrored.py', line: 3, fromMs: 70, toMs: 99 },
      ],
    });
    await vscode.commands.executeCommand('vscode.open', trace);
    const run = await waitForRun(
      access.store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    access.store.show(run);
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  const isThere = (problems: readonly vscode.Diagnostic[]): boolean => problems.length > 0;
  const isEmpty = (problems: readonly vscode.Diagnostic[]): boolean => problems.length === 0;

  it('is no problem of either file as long as nobody said', async () => {
    await waitForProblems(trace, isThere);
    for (const name of ['a', 'b']) {
      assert.ok(isEmpty(await waitForProblems(script(name), isEmpty)));
    }
  });

  it('is asked for once, and remembered', async () => {
    await acceptQuickPicks(vscode.commands.executeCommand(COMMANDS.goToWorstFinding));
    const chosen = vscode.window.activeTextEditor;
    assert.equal(chosen?.document.uri.fsPath, script('a').fsPath);
    assert.equal(chosen.selection.active.line, 1);
    await waitForProblems(script('a'), isThere);
    await waitForProblems(trace, isEmpty);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.commands.executeCommand(COMMANDS.goToWorstFinding);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, script('a').fsPath);
  });

  it('leads to the other file once the chosen one is deleted', async () => {
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    rmSync(script('a').fsPath);
    await waitForProblems(script('b'), isThere);
    await vscode.commands.executeCommand(COMMANDS.goToWorstFinding);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, script('b').fsPath);
  });

  it('stays chosen among annotations when lines come in above', async () => {
    const places = await resolver.resolveAnnotation('mirrored work');
    assert.deepEqual(
      places.map(({ path, line }) => [path, line]),
      [4, 6].map((line) => [script('b').fsPath, line]),
    );
    await resolver.remember(places[1] ?? assert.fail());
    const readAnew = new Promise<void>((done) => {
      const subscription = resolver.onDidChange(() => {
        subscription.dispose();
        done();
      });
    });
    writeScript(script('b').fsPath, 9, {
      5: 'with record_function("mirrored work"):',
      8: 'with record_function("mirrored work"):',
    });
    await readAnew;
    const [only, ...others] = await resolver.resolveAnnotation('mirrored work');
    assert.deepEqual(others, []);
    assert.equal(only.line, 8);
  });
});
