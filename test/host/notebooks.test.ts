import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  activateExtension,
  closeAllEditors,
  makeFolder,
  readHints,
  removeFolder,
  waitForRun,
} from './workspace.ts';

const FOLDER = 'notebook-test';

describe('the cells of a notebook', () => {
  let folder = '';
  let fixtures = '';

  before(() => {
    const extension = vscode.extensions.getExtension('training-sleuth.training-sleuth');
    fixtures = join(extension?.extensionPath ?? '', 'test/fixtures/scripts');
    folder = makeFolder(FOLDER);
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  it('bear hints at the lines that a trace names by the text of a cell', async () => {
    const { store } = await activateExtension();
    const { cells } = JSON.parse(
      readFileSync(join(fixtures, 'notebook_training.truth.json'), 'utf8'),
    ) as { cells: { cell: number; phases: Readonly<Record<string, readonly number[]>> }[] };
    const path = join(folder, 'notebook_training.ipynb');
    const trace = join(folder, 'notebook_training.pt.trace.json.gz');
    copyFileSync(join(fixtures, 'notebook_training.ipynb'), path);
    copyFileSync(join(fixtures, 'traces/notebook_training.pt.trace.json.gz'), trace);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(trace));
    const run = await waitForRun(
      store,
      ({ group, analyzed }) => analyzed !== null && group.folder === folder,
    );
    store.show(run);
    const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path));
    const loops = cells.filter(({ phases }) => 'backward' in phases);
    assert.equal(loops.length, 2);
    for (const { cell, phases } of loops) {
      const hints = await readHints(notebook.cellAt(cell).document.uri);
      const lines = hints.map(({ line }) => line);
      for (const line of [...(phases['backward'] ?? []), ...(phases['forward'] ?? [])]) {
        assert.ok(lines.includes(line), `line ${line} of cell ${cell} has none: ${lines.join()}`);
      }
    }
  });
});
