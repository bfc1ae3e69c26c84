import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { FileError } from '../../../src/files/file-error.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { writeAscend } from '../../support/ascend-trace.ts';
import { generateKineto } from '../../support/generate-kineto.ts';
import { fixture } from '../../support/read-bytes.ts';

const { signal } = new AbortController();

describe('files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sleuth-files-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, content: Uint8Array | string): string {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  async function readAll(path: string): Promise<{ bytes: Buffer; truncation: string | null }> {
    const source = await openFile(path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.chunks(signal)) {
      chunks.push(chunk.slice());
    }
    return { bytes: Buffer.concat(chunks), truncation: source.truncation() };
  }

  describe('openFile', () => {
    const text = generateKineto({ steps: 60, seed: 5 });

    it('gives the bytes of a file, and of gzip by its content whatever its name', async () => {
      assert.ok(text.length > 1_000_000);
      for (const content of [text, gzipSync(text)]) {
        const { bytes, truncation } = await readAll(write('trace.json', content));
        assert.equal(bytes.toString(), text);
        assert.equal(truncation, null);
      }
    });

    it('gives all members of gzip', async () => {
      const members = Buffer.concat([gzipSync('[1,'), gzipSync('2,'), gzipSync('3]')]);
      assert.equal((await readAll(write('a.gz', members))).bytes.toString(), '[1,2,3]');
    });

    it('gives what there is of gzip that is cut, and says so', async () => {
      const packed = gzipSync(text);
      for (const share of [0.1, 0.5, 0.9, 0.999]) {
        const { bytes, truncation } = await readAll(
          write('a.gz', packed.subarray(0, Math.floor(share * packed.length))),
        );
        assert.ok(
          bytes.length > 0.7 * share * text.length - 65_536,
          `${share}: ${bytes.length} of ${text.length}`,
        );
        assert.ok(text.startsWith(bytes.toString()));
        assert.match(truncation ?? '', /cut/);
      }
    });

    it('says where gzip is damaged', async () => {
      const packed = gzipSync(text);
      packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 50);
      const { bytes, truncation } = await readAll(write('a.gz', packed));
      assert.ok(bytes.length > 0);
      assert.match(truncation ?? '', /damaged/);
    });

    it('names gzip of which nothing can be unpacked before all else', async () => {
      const garbage = gzipSync(text).fill(0xa7, 2, 1_000);
      for (const [content, reason] of [
        [garbage, /^The gzip file is damaged here \(.+\)\. Nothing of it could be unpacked: copy/],
        [
          gzipSync(text).subarray(0, 5),
          /^The gzip file is cut: .*\. Nothing of it could be unpacked/,
        ],
        [
          gzipSync('hello').subarray(0, -4),
          /^The gzip file is cut: .*\. What comes before: This is not/,
        ],
      ] as const) {
        const trace = await readTrace(await openFile(write('a.gz', content)), { signal });
        assert.match(trace.problems[0].reason, reason);
        assert.doesNotMatch(trace.problems[0].reason, /is empty/);
      }
    });

    it('tells how much it consumed', async () => {
      const source = await openFile(write('a.json.gz', gzipSync(text)));
      const progress: number[] = [];
      await readTrace(source, { signal, onProgress: (consumed) => progress.push(consumed) });
      assert.equal(progress.at(-1), source.sizeBytes);
      assert.deepEqual(
        progress,
        [...progress].sort((a, b) => a - b),
      );
    });

    it('stops when it is told to', async () => {
      const source = await openFile(write('a.json', text));
      const controller = new AbortController();
      const reading = readTrace(source, {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      await assert.rejects(reading, { name: 'AbortError' });
    });

    it('a cut gzip trace is read as far as it goes, with a problem', async () => {
      const packed = gzipSync(text);
      const trace = await readTrace(
        await openFile(write('a.json.gz', packed.subarray(0, packed.length >> 1))),
        { signal },
      );
      assert.ok(trace.spans.length > 4_000);
      assert.ok(
        trace.problems.some((problem) => problem.kind === 'cut' && problem.reason.includes('gzip')),
      );
    });

    it('names a path that is missing, and a folder', async () => {
      await assert.rejects(
        openFile(join(folder, 'none.json')),
        (error: unknown) =>
          error instanceof FileError &&
          error.message ===
            `cannot read ${join(folder, 'none.json')}: there is no such file or folder`,
      );
      await assert.rejects(readAll(folder), /it is a folder, not a file/);
    });

    it('names a file that vanished before it is read', async () => {
      const path = write('a.json', '[]');
      const source = await openFile(path);
      rmSync(path);
      await assert.rejects(readTrace(source, { signal }), { name: 'FileError', path });
    });
  });

  describe('findRunFiles', () => {
    it('tells the rank of a trace of torch_npu from the file beside it', async () => {
      for (const rank of [3, 12]) {
        const name = `host_${rank + 400}_20250109065045_ascend_pt`;
        write(`${name}/ASCEND_PROFILER_OUTPUT/trace_view.json`, writeAscend());
        write(`${name}/profiler_info_${rank}.json`, '{}');
      }
      const files = await findRunFiles([folder], signal);
      assert.deepEqual(files.map(({ format, rank }) => [format, rank]).sort(), [
        ['ascend', 12],
        ['ascend', 3],
      ]);
      assert.equal(groupRuns(files).length, 1);
    });

    it('finds traces by content, in folders, and passes over what holds no runs', async () => {
      const trace = generateKineto({ steps: 1, seed: 1, rank: 4, worldSize: 8 });
      write('runs/a/rank4.json', trace);
      write('runs/a/anything.gz', gzipSync(trace));
      write('runs/b/rank1.spans.jsonl', fixture('spans/rank1.spans.jsonl'));
      write('package.json', '{"name": "x"}');
      write('settings.json', '[]');
      write('notes.txt', trace);
      write('node_modules/x/trace.json', trace);
      write('.git/trace.json', trace);
      write('.venv/lib/site-packages/torch/trace.json', trace);
      symlinkSync(folder, join(folder, 'loop'));
      const found = await findRunFiles([folder], signal);
      assert.deepEqual(
        found.map(({ path, format, rank, worldSize, runName }) => [
          path.slice(folder.length + 1),
          format,
          rank,
          worldSize,
          runName,
        ]),
        [
          ['runs/a/anything.gz', 'kineto', 4, 8, null],
          ['runs/a/rank4.json', 'kineto', 4, 8, null],
          ['runs/b/rank1.spans.jsonl', 'spans', 1, 2, 'resnet-aug'],
        ],
      );
      assert.equal(found[1].sizeBytes, trace.length);
    });

    it('follows links, and finds nothing twice', async () => {
      const trace = generateKineto({ steps: 1, seed: 1 });
      write('disk/a.json', trace);
      write('disk/run/b.json', trace);
      mkdirSync(join(folder, 'job/0first'), { recursive: true });
      write('job/run/c.json', trace);
      symlinkSync(join(folder, 'disk/a.json'), join(folder, 'job/a.json'));
      symlinkSync(join(folder, 'disk/run'), join(folder, 'job/0first/linked'));
      symlinkSync(join(folder, 'job'), join(folder, 'disk/run/back'));
      symlinkSync(join(folder, 'job/run'), join(folder, 'job/0latest'));
      symlinkSync(join(folder, 'job/run/c.json'), join(folder, 'job/0c.json'));
      symlinkSync(join(folder, 'gone'), join(folder, 'job/gone.json'));
      const list = async (paths: readonly string[]) =>
        (await findRunFiles(paths, signal)).map(({ path }) => path.slice(folder.length + 1));
      const expected = ['job/0first/linked/b.json', 'job/a.json', 'job/run/c.json'];
      assert.deepEqual(await list([join(folder, 'job')]), expected);
      const named = [join(folder, 'job/0c.json'), join(folder, 'job/run/c.json')];
      assert.deepEqual(await list(named), ['job/0c.json']);
      const [byName] = await findRunFiles([], signal, named);
      assert.equal(byName.path, realpathSync(named[1]));
    });

    it('keeps what is called as the other ranks are, though nothing in it can be read', async () => {
      const spans = fixture('spans/rank1.spans.jsonl');
      write('a/rank1.spans.jsonl', spans);
      write('a/rank0.spans.jsonl', '');
      write('a/rank2.spans.jsonl', spans);
      chmodSync(join(folder, 'a/rank2.spans.jsonl'), 0);
      write('a/rank0.json', '{}');
      write('b/rank0.spans.jsonl', '');
      const find = async (named: readonly string[], others: readonly string[]) =>
        (await findRunFiles(named, signal, others)).map(({ path }) =>
          path.slice(folder.length + 1),
        );
      const ofRun = ['a/rank0.spans.jsonl', 'a/rank1.spans.jsonl', 'a/rank2.spans.jsonl'];
      assert.deepEqual(await find([folder], []), ofRun);
      const beside = [...ofRun, 'a/gone.json', 'b/rank0.spans.jsonl'];
      const others = beside.map((name) => join(folder, name));
      assert.deepEqual(await find([], others), ofRun);
      assert.deepEqual(await find([join(folder, 'b/rank0.spans.jsonl')], others), [
        ...ofRun,
        'b/rank0.spans.jsonl',
      ]);
    });

    it('refuses a pipe, which would be waited for without end', async () => {
      const path = join(folder, 'pipe.json');
      execFileSync('mkfifo', [path]);
      await assert.rejects(findRunFiles([path], signal), {
        name: 'FileError',
        message: `cannot read ${path}: it is a pipe or a device; save what it gives to a file, and analyze that`,
      });
      assert.deepEqual(await findRunFiles([folder], signal), []);
    }).timeout(5_000);

    it('has a file that is named, whatever it holds, once', async () => {
      const path = write('notes.txt', 'hello');
      const found = await findRunFiles([path, join(folder, '.', 'notes.txt'), path], signal);
      assert.deepEqual(
        found.map((file) => [file.path, file.format]),
        [[path, 'unknown']],
      );
    });

    it('takes the rank from the name where the file has none', async () => {
      const path = write('rank_5_of_6.json', '[{"ph":"X","name":"a","ts":1,"dur":1}]');
      const [file] = await findRunFiles([path], signal);
      assert.deepEqual([file.format, file.rank, file.worldSize], ['chrome', 5, 6]);
    });

    it('names a path that is missing', async () => {
      const path = join(folder, 'none');
      await assert.rejects(findRunFiles([path], signal), {
        name: 'FileError',
        message: `cannot read ${path}: there is no such file or folder`,
      });
    });

    it('groups what it finds', async () => {
      for (const rank of [0, 1, 2]) {
        write(
          `job/worker${rank}.pt.trace.json`,
          generateKineto({ steps: 1, seed: rank, rank, worldSize: 3 }),
        );
      }
      const runs = groupRuns(await findRunFiles([folder], signal));
      assert.deepEqual(
        runs.map((run) => [run.name, run.files.map((file) => file.rank)]),
        [['job', [0, 1, 2]]],
      );
    });
  });
});
