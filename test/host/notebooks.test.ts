import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
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

  it('bear hints where they name a span, or else where they train', async () => {
    const { store } = await activateExtension();
    const path = join(folder, 'named_loop.ipynb');
    const cells = [
      'import torch\nloader = torch.utils.data.DataLoader(data)',
      '%%time\nfor x, y in loader:\n    with record_function("my augmentation"):\n        x = augment(x)\n    loss = loss_fn(model(x), y)\n    loss.backward()\n    optimizer.step()',
    ].map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [] }));
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    const linesOfRun = async (name: string): Promise<readonly number[]> => {
      const spans = join(folder, `${name}.rank0.spans.jsonl`);
      writeFileSync(spans, unplacedSpans(name));
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(spans));
      const isThere = ({ group, analyzed }: TrainingRun): boolean =>
        analyzed !== null && group.name === name;
      store.show(await waitForRun(store, isThere));
      const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(path));
      const { uri } = notebook.cellAt(1).document;
      while ((await readHints(uri)).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.deepEqual(await readHints(notebook.cellAt(0).document.uri), []);
      return (await readHints(uri)).map(({ line }) => line);
    };
    assert.deepEqual(await linesOfRun('my augmentation'), [3]);
    assert.deepEqual(await linesOfRun('named_loop'), [2, 6, 7]);
  });
});

/** Steps of spans of which no file tells; the run's name is that of the first. */
function unplacedSpans(run: string): string {
  const spans = [
    [run, 'data', 30],
    ['pass', 'backward', 50],
    ['update', 'optimizer', 20],
  ] as const;
  const lines = Array.from({ length: 20 }, (_, step) => {
    let begin = step * 100;
    return spans.map(([name, phase, duration]) => {
      const span = { type: 'span', name, phase, step, ts: begin, dur: duration, lane: 'main' };
      begin += duration;
      return JSON.stringify(span);
    });
  });
  return `${[`{"type":"run","schema":1,"run":"${run}","rank":0,"worldSize":1}`, ...lines.flat()].join('\n')}\n`;
}
