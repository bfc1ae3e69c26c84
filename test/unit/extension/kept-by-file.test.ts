import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptByFile } from '../../../src/extension/source/kept-by-file.ts';

describe('KeptByFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'training-sleuth-kept-'));
  const pathOf = (name: string): string => join(folder, name);
  const read: string[] = [];
  const files = new KeptByFile(2, async (path) => {
    read.push(path);
    return await Promise.resolve(read.length);
  });

  beforeEach(() => read.splice(0));
  after(() => rmSync(folder, { recursive: true }));

  it('reads a file once, and again when it has changed, or was forgotten', async () => {
    writeFileSync(pathOf('a.py'), 'a');
    assert.deepEqual([await files.read(pathOf('a.py')), await files.read(pathOf('a.py'))], [1, 1]);
    writeFileSync(pathOf('a.py'), 'longer');
    assert.equal(await files.read(pathOf('a.py')), 2);
    files.forget(pathOf('a.py'));
    assert.equal(await files.read(pathOf('a.py')), 3);
  });

  it('forgets those read first where there are too many, also those that are not there', async () => {
    for (const name of ['none.py', 'b.py', 'c.py', 'c.py', 'none.py']) {
      await files.read(pathOf(name));
    }
    assert.deepEqual(read, ['none.py', 'b.py', 'c.py', 'none.py'].map(pathOf));
  });
});
