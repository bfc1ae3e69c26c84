import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateKineto } from '../../support/generate-kineto.ts';
import { buildCli, drawSpans, runCli } from './run-cli.ts';

const TWO_RANKS = { steps: 60, dataNs: 180e6, worldSize: 2 };

describe('the command line and bad input', function () {
  this.timeout(30_000);
  let folder: string;

  before(buildCli);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-bad-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(name: string, content: string | Uint8Array, atSecond = 1): Promise<void> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, atSecond, atSecond);
  }

  /** With spaces in place of line breaks, and one for many. */
  async function analyze(...words: readonly string[]) {
    const { code, out, err } = await runCli(folder, 'analyze', ...words);
    assert.doesNotMatch(err, /\n +at |This is a bug/);
    return { code, out: out.replaceAll(/\s+/g, ' '), err: err.replaceAll(/\s+/g, ' ') };
  }

  describe('among other files', () => {
    it('names the rank file that is empty, in a folder and one by one, though it is the newest', async () => {
      await write('g/rank0.spans.jsonl', drawSpans(TWO_RANKS));
      await write('g/rank1.spans.jsonl', '', 9);
      for (const words of [['g'], ['g/rank0.spans.jsonl', 'g/rank1.spans.jsonl']]) {
        const { code, out, err } = await analyze(...words);
        assert.deepEqual({ code, err }, { code: 0, err: '' });
        assert.match(out, /Verdict: data-bound/);
        assert.match(out, /Trace health: poor/);
        assert.match(out, /• rank1\.spans\.jsonl is left out\. The file is empty\. Wait until/);
        assert.match(out, /Missing ranks: 1 /);
        assert.doesNotMatch(out, /has no file here/);
      }
    });

    it('names the rank files that are damaged, and counts apart the ranks without one', async () => {
      const worldSize = 4;
      await write('g/worker0.json', generateKineto({ steps: 4, seed: 1, rank: 0, worldSize }));
      await write('g/worker1.json', new Uint8Array(5_000).fill(0xa7));
      await write('g/worker2.json', '');
      const { code, out } = await analyze('g');
      assert.equal(code, 0);
      assert.match(
        out,
        /• 2 files are left out: worker1\.json, worker2\.json\. Of worker1\.json: This is a binary file/,
      );
      assert.match(out, /Missing ranks: 1–3 /);
      assert.match(out, /• 1 rank of the run has no file here/);
    });

    it('takes the newest run that has events, and says why it is not the newest', async () => {
      await write('runs/old/rank0.spans.jsonl', drawSpans({ steps: 60, dataNs: 10_000 }), 1);
      await write('runs/good/rank0.spans.jsonl', drawSpans({ steps: 60, dataNs: 180e6 }), 2);
      await write('runs/new/rank0.json', '{"schemaVersion": 1, "traceEvents": []}', 3);
      const { code, out, err } = await analyze('runs');
      assert.equal(code, 0);
      assert.match(out, /data-bound/);
      assert.match(
        err,
        /^Left out: runs\/new\/rank0\.json: There are no events in it\. Found 2 runs; this is the newest, /,
      );
    });

    it('names a file that is no trace beside one that is', async () => {
      await write('good.spans.jsonl', drawSpans({ steps: 60, dataNs: 180e6 }), 1);
      await write('notes.txt', 'hello', 2);
      const { code, out, err } = await analyze('good.spans.jsonl', 'notes.txt');
      assert.equal(code, 0);
      assert.match(out, /data-bound/);
      assert.match(err, /^Left out: notes\.txt: This is not JSON[^]*Open a trace/);
    });

    it('tells all that it tried where none has events', async () => {
      await write('runs/a/rank0.json', '{"traceEvents": []}');
      await write('runs/b/rank0.json', '{"traceEvents": []}');
      const { code, out, err } = await analyze('runs');
      assert.deepEqual({ code, out }, { code: 3, out: '' });
      assert.match(
        err,
        /rank0\.json: There are no events in it\. \(and 1 more file without events\)/,
      );
    });
  });
});
