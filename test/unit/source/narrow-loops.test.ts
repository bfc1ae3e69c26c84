import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopSitesOf } from '../../../src/core/source/loop-sites.ts';
import { narrowScripts } from '../../../src/core/source/narrow-loops.ts';
import { type PythonSource, readPython } from '../../../src/core/source/python-source.ts';

describe('narrowScripts', () => {
  const paths = ['/w/a/train.py', '/w/a/deep/train.py', '/w/b/resnet.py'];

  it('takes the only script, wherever the run is', () => {
    assert.deepEqual(narrowScripts(['/w/x.py'], { name: 'r', folder: '/elsewhere' }), ['/w/x.py']);
  });

  it('takes the script with the name of the run', () => {
    assert.deepEqual(narrowScripts(paths, { name: 'resnet', folder: '/w/a/runs' }), [
      '/w/b/resnet.py',
    ]);
  });

  it('takes the nearest folder around the run', () => {
    assert.deepEqual(narrowScripts(paths, { name: 'r', folder: '/w/a/deep/runs/1' }), [
      '/w/a/deep/train.py',
    ]);
    assert.deepEqual(narrowScripts(paths, { name: 'r', folder: '/w/a/runs' }), ['/w/a/train.py']);
  });

  it('takes a notebook by its name, or where no script trains', () => {
    const mixed = [...paths, '/w/a/deep/try.ipynb'];
    assert.deepEqual(narrowScripts(mixed, { name: 'try', folder: '/w/runs' }), [mixed[3]]);
    assert.deepEqual(narrowScripts(mixed, { name: 'r', folder: '/w/a/deep/runs' }), [paths[1]]);
    assert.deepEqual(narrowScripts([mixed[3]], { name: 'r', folder: '/w/runs' }), [mixed[3]]);
  });

  it('leaves all where nothing tells', () => {
    assert.deepEqual(narrowScripts(paths, { name: 'r', folder: '/w/runs' }), paths);
    assert.deepEqual(narrowScripts([], { name: 'r', folder: '/w' }), []);
  });
});

describe('loopSitesOf', () => {
  it('gives the line of each phase, of sure loops alone', () => {
    const text = [
      'for batch in train_loader:',
      '    loss = model(batch)',
      '    loss.backward()',
      '    optimizer.step()',
      'for x in y:',
      '    train_step(x)',
      '',
    ].join('\n');
    const loops = loopSitesOf(sourceOf(text));
    assert.equal(loops.length, 1);
    assert.deepEqual(Object.fromEntries(loops[0].phases.map(({ phase, line }) => [phase, line])), {
      data: 1,
      forward: 2,
      loss: 2,
      backward: 3,
      optimizer: 4,
    });
  });

  it('finds no loop in the recorder', () => {
    const path = join(import.meta.dirname, '../../../recorder/training_sleuth.py');
    assert.deepEqual(loopSitesOf(sourceOf(readFileSync(path, 'utf8'))), []);
  });
});

function sourceOf(text: string): PythonSource {
  const source = readPython('train.py', text);
  assert.ok(source !== null);
  return source;
}
