import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listRunFolder } from '../../../src/extension/runs/list-run-folder.ts';

describe('listRunFolder', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'run-folder-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function list(open: string, files: readonly string[]): Promise<string[]> {
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    return (await listRunFolder(join(root, open))).map((path) => relative(root, path)).sort();
  }

  it('takes the traces beside the file, and nothing else', async () => {
    const files = [
      'run/r0.json',
      'run/r1.json.gz',
      'run/r2.spans.jsonl',
      'run/train.py',
      'run/sub/r3.json',
    ];
    assert.deepEqual(await list('run/r0.json', files), [
      'run/r0.json',
      'run/r1.json.gz',
      'run/r2.spans.jsonl',
    ]);
  });

  it('takes the same file of the other rank folders', async () => {
    const files = [
      'rank0/trace.json',
      'rank1/trace.json',
      'rank1/other.json',
      'rank10/trace.json',
      'logs/trace.json',
    ];
    assert.deepEqual(await list('rank0/trace.json', files), [
      'rank0/trace.json',
      'rank1/trace.json',
      'rank10/trace.json',
    ]);
  });

  it('takes the file itself whatever its name, also where the folder is gone', async () => {
    assert.deepEqual(await list('run/odd.bin', ['run/odd.bin']), ['run/odd.bin']);
    assert.deepEqual(await list('gone/r0.json', []), ['gone/r0.json']);
  });
});
