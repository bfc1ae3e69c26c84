import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listRunFolder } from '../../../src/files/list-run-folder.ts';

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

  it('takes of logs only those whose names differ in numbers', async () => {
    const files = ['run/rank0.log', 'run/rank1.log', 'run/notes.txt', 'run/setup.log'];
    assert.deepEqual(await list('run/rank0.log', files), ['run/rank0.log', 'run/rank1.log']);
    assert.deepEqual(await list('run/r0.json', ['run/r0.json']), ['run/r0.json']);
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

  it('takes the same file of the other rank folders of torch_npu', async () => {
    const path = (host: string) => `${host}_ascend_pt/ASCEND_PROFILER_OUTPUT/trace_view.json`;
    const files = [
      path('a_11_2025'),
      path('a_12_2025'),
      'a_11_2025_ascend_pt/profiler_info_0.json',
    ];
    assert.deepEqual(await list(path('a_11_2025'), files), files.slice(0, 2));
  });

  it('takes the file itself whatever its name, also where the folder is gone', async () => {
    assert.deepEqual(await list('run/odd.bin', ['run/odd.bin']), ['run/odd.bin']);
    assert.deepEqual(await list('gone/r0.json', []), ['gone/r0.json']);
  });

  it('takes links to files and to folders of ranks, and no links to nowhere', async () => {
    mkdirSync(join(root, 'store', 'a'), { recursive: true });
    writeFileSync(join(root, 'store', 'a', 't.json'), '');
    mkdirSync(join(root, 'run', 'rank0'), { recursive: true });
    symlinkSync(join(root, 'store', 'a'), join(root, 'run', 'rank1'));
    symlinkSync(join(root, 'store', 'a', 't.json'), join(root, 'run', 'rank0', 't.json'));
    symlinkSync(join(root, 'nowhere'), join(root, 'run', 'rank0', 'broken.json'));
    symlinkSync(join(root, 'store'), join(root, 'run', 'rank0', 'folder.json'));
    assert.deepEqual(await list('run/rank0/t.json', []), ['run/rank0/t.json', 'run/rank1/t.json']);
  });

  it('takes the nearest by name where there are too many', async () => {
    mkdirSync(join(root, 'run'));
    for (let index = 0; index < 1_100; index += 1) {
      writeFileSync(join(root, 'run', `a${'x'.repeat(index % 7)}-${index}.json`), '');
    }
    const ranks = ['run/r-0.json', 'run/r-1.json', 'run/r-2.json'];
    const found = await list('run/r-0.json', ranks);
    assert.equal(found.length, 1_024);
    assert.deepEqual(
      found.filter((path) => path.startsWith('run/r-')),
      ranks,
    );
  });
});
