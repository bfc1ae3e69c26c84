import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../src/files/write-atomically.ts';

describe('writeAtomically', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'write-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const live = new AbortController().signal;

  it('writes all pieces in their order and gives the size', async () => {
    const path = join(folder, 'out.txt');
    const pieces = Array.from({ length: 5_000 }, (_, i) => `piece ${i} – ${'x'.repeat(200)}\n`);
    const bytes = await writeAtomically(path, pieces, live);
    assert.equal(readFileSync(path, 'utf8'), pieces.join(''));
    assert.equal(bytes, Buffer.byteLength(pieces.join('')));
    assert.deepEqual(readdirSync(folder), ['out.txt']);
  });

  it('leaves what was there, and nothing else, where it is canceled or a piece fails', async () => {
    const path = join(folder, 'out.txt');
    writeFileSync(path, 'before');
    const controller = new AbortController();
    function* endless(): Generator<string> {
      for (let i = 0; ; i++) {
        if (i === 100) {
          controller.abort();
        }
        yield 'x'.repeat(100_000);
      }
    }
    await assert.rejects(writeAtomically(path, endless(), controller.signal), {
      name: 'AbortError',
    });
    function* failing(): Generator<string> {
      yield 'a';
      throw new Error('the table is broken');
    }
    await assert.rejects(writeAtomically(path, failing(), live), /table is broken/);
    assert.equal(readFileSync(path, 'utf8'), 'before');
    assert.deepEqual(readdirSync(folder), ['out.txt']);
  });

  it('says what to do where the folder is gone', async () => {
    const path = join(folder, 'gone', 'out.txt');
    await assert.rejects(writeAtomically(path, ['x'], live), {
      name: 'WriteError',
      message: `${path} cannot be written: its folder does not exist any more. Choose another one.`,
    });
  });
});
