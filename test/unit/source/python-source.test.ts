import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPython } from '../../../src/core/source/python-source.ts';
import { indexLoops } from '../../../src/worker/index-loops.ts';
import { indexSources } from '../../../src/worker/index-sources.ts';

const CELLS = [
  ['code', '%matplotlib inline\nimport torch\nSTAGE = "augment"'],
  ['markdown', 'for x in y: pass'],
  ['code', 'loader = torch.utils.data.DataLoader(data)'],
  [
    'code',
    '%%time\nfor x, y in loader:\n    with torch.profiler.record_function(STAGE):\n        x = augment(x)\n    loss = loss_fn(model(x), y)\n    loss.backward()\n    optimizer.step()',
  ],
] as const;

function notebook(): string {
  const cells = CELLS.map(([cell_type, source]) => ({ cell_type, source, execution_count: null }));
  return JSON.stringify({ nbformat: 4, cells });
}

describe('the code of a notebook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-notebook-'));
  const path = join(folder, 'try.ipynb');
  const broken = join(folder, 'broken.ipynb');

  before(() => {
    writeFileSync(path, notebook());
    writeFileSync(broken, notebook().slice(0, -9));
  });

  after(() => rmSync(folder, { recursive: true }));

  it('is one text, of which each line is in its cell', () => {
    const source = readPython(path, notebook());
    const lines = source?.code.text.split('\n') ?? [];
    assert.equal(lines.length, CELLS[0][1].split('\n').length + 1 + CELLS[3][1].split('\n').length);
    const cells = new Set<number | null | undefined>();
    for (const [i, text] of lines.entries()) {
      const { cell, line } = source?.placeOf(i + 1) ?? {};
      const written = CELLS[cell ?? 0][1].split('\n')[(line ?? 0) - 1];
      assert.equal(text, written.startsWith('%') ? ' '.repeat(written.length) : written);
      cells.add(cell);
    }
    assert.deepEqual([...cells], [0, 2, 3]);
  });

  it('has its annotations in the cells that make them, also by names from cells above', async () => {
    const [{ sites }] = await indexSources([path]);
    assert.deepEqual(
      sites.map(({ parts, line, cell }) => ({ parts, line, cell })),
      [{ parts: ['augment'], line: 3, cell: 3 }],
    );
  });

  it('has its training loop in the cell that trains', async () => {
    const [found] = await indexLoops([path]);
    assert.equal(found.loops.length, 1);
    const places = found.loops[0].phases.map(({ phase, line, cell }) => [phase, cell, line]);
    assert.deepEqual(
      places.filter(([phase]) => ['data', 'backward', 'optimizer'].includes(String(phase))),
      [
        ['data', 3, 2],
        ['backward', 3, 6],
        ['optimizer', 3, 7],
      ],
    );
  });

  it('is nothing where the file is no JSON', async () => {
    assert.equal(readPython(broken, notebook().slice(0, -9)), null);
    assert.deepEqual(await indexSources([broken]), [{ path: broken, sites: [] }]);
    assert.deepEqual(await indexLoops([broken]), []);
  });
});
