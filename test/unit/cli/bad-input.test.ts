import assert from 'node:assert/strict';
import { rmSync, truncateSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseArguments } from '../../../src/cli/parse-arguments.ts';
import { runAnalyze } from '../../../src/cli/run-analyze.ts';
import type { Report } from '../../../src/core/model/report.ts';
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

  describe('that changes while it is read', () => {
    /** Does something to the files after they were found, when reading them has come so far. */
    async function analyzeAndMeanwhile(atLook: number, change: () => void): Promise<string> {
      let looks = 0;
      const nowMs = () => {
        looks++;
        if (looks === atLook) {
          change();
        }
        return 0;
      };
      let text = '';
      const out = { write: (more: string) => (text += more) };
      const surroundings = {
        out,
        err: { write: () => true },
        bundles: new URL(import.meta.url),
        version: '0',
        allowsColor: false,
      };
      const options = parseArguments(['analyze', folder]);
      assert.equal(options.command, 'analyze');
      await runAnalyze(options, { ...surroundings, nowMs }, new AbortController().signal);
      assert.ok(looks >= atLook);
      return text.replaceAll(/\s+/g, ' ');
    }

    it('says so of a file that vanished', async () => {
      await write('rank0.spans.jsonl', drawSpans(TWO_RANKS));
      await write('rank1.spans.jsonl', drawSpans({ ...TWO_RANKS, rank: 1 }));
      const vanish = () => rmSync(join(folder, 'rank1.spans.jsonl'));
      const text = await analyzeAndMeanwhile(1, vanish);
      assert.match(
        text,
        /• rank1\.spans\.jsonl is left out\. Training Sleuth cannot read \S+: there is no such file or folder\. Analyze the run again once it can be read\./,
      );
      assert.match(text, /Verdict: data-bound/);
    });

    it('says so where none is left', async () => {
      await write('rank0.spans.jsonl', drawSpans(TWO_RANKS));
      await assert.rejects(
        analyzeAndMeanwhile(1, () => rmSync(join(folder, 'rank0.spans.jsonl'))),
        {
          name: 'NothingReadableError',
          message: `cannot read ${join(folder, 'rank0.spans.jsonl')}: there is no such file or folder`,
        },
      );
    });

    it('reads a file to its end that is deleted once it is open, and says of one that shrank that it is cut', async () => {
      const path = join(folder, 'rank0.json');
      for (const [change, expected] of [
        [() => rmSync(path), /Trace health: ok 24,080 of 24,080 events kept/],
        [
          () => truncateSync(path, 1_000_000),
          /Trace health: poor .*rank0\.json is cut at byte 1,0/,
        ],
      ] as const) {
        await write('rank0.json', generateKineto({ steps: 80, seed: 2 }));
        // The second look is at the first chunk, of four or more.
        assert.match(await analyzeAndMeanwhile(3, change), expected);
      }
    });
  });

  describe('alone', () => {
    const KINETO = generateKineto({ steps: 6, seed: 2 });
    const GOOD = '{"ph":"X","name":"good","pid":1,"tid":1,"ts":100,"dur":10}';

    const unreadable: readonly (readonly [
      title: string,
      name: string,
      content: string | Uint8Array,
      message: RegExp,
    ])[] = [
      ['an empty file', 'a.json', '', /The file is empty\. Wait until the training has written it/],
      [
        'text',
        'a.json',
        'hello',
        /This is not JSON, and no trace of a kind that is known\. Open a/,
      ],
      ['HTML', 'a.json', '<html></html>', /This is a web page/],
      ['other JSON', 'a.json', '{"a": [1, 2]}', /This is JSON without trace events.*Open a trace/],
      [
        'bytes',
        'a.gz',
        new Uint8Array(999).fill(0xa7),
        /This is a binary file of a kind that is no/,
      ],
      ['a zip that is cut', 'a.gz', 'PK\u0003\u0004 and so on', /The zip archive holds no file/],
      ['an archive', 'a.gz', 'BZh91AY&SY', /This is an archive .*Unpack it/],
      [
        'gzip that is damaged at its start',
        'a.json.gz',
        gzipSync(KINETO).fill(0xa7, 2, 500),
        /The gzip file is damaged here \(.+\)\. Nothing of it could be unpacked: copy it again/,
      ],
      [
        'gzip that is cut at its start',
        'a.json.gz',
        gzipSync(KINETO).subarray(0, 12),
        /The gzip file is cut: it ends before its content does\. Nothing of it could be unpacked/,
      ],
      [
        'a bomb of brackets and nothing else',
        'a.json',
        '['.repeat(200_000),
        /This is JSON without trace events/,
      ],
    ];
    for (const [title, name, content, message] of unreadable) {
      it(`${title}: says what it is, and what to do`, async () => {
        await write(name, content);
        const { code, out, err } = await analyze(name);
        assert.deepEqual({ code, out }, { code: 3, out: '' });
        assert.ok(err.startsWith(`${name}: `), err);
        assert.match(err, message);
      });
    }

    it('a folder without traces, and a path that is not there', async () => {
      await write('empty/train.py', 'print()');
      const empty = await analyze('empty');
      assert.deepEqual([empty.code, empty.out], [3, '']);
      assert.match(
        empty.err,
        /^No trace or timing file was found in empty\. Training Sleuth reads/,
      );
      const absent = await analyze('absent.json');
      assert.deepEqual([absent.code, absent.out], [3, '']);
      assert.equal(absent.err, 'cannot read absent.json: there is no such file or folder ');
    });

    it('a folder that is called as a trace is', async () => {
      await write('x.pt.trace.json/rank0.spans.jsonl', drawSpans({ steps: 60, dataNs: 180e6 }));
      const { code, out } = await analyze('x.pt.trace.json');
      assert.equal(code, 0);
      assert.match(out, /data-bound/);
    });

    for (const [name, cut] of [
      ['cut.pt.trace.json', (text: string) => Buffer.from(text.slice(0, text.length >> 1))],
      [
        'cut.pt.trace.json.gz',
        (text: string) => {
          const packed = gzipSync(text);
          return packed.subarray(0, packed.length >> 1);
        },
      ],
    ] as const) {
      it(`${name}: reads what there is, and says that it is cut and where`, async () => {
        await write(name, cut(KINETO));
        const { code, out } = await analyze(name);
        assert.equal(code, 0);
        assert.match(out, /Trace health: poor/);
        assert.match(
          out,
          new RegExp(`• ${name} is cut at byte [0-9,]+.*: what came after is lost`),
        );
        assert.match(out, /cut\.pt\.trace\.json\S*, byte [0-9,]+: the (file|gzip file) /);
        const { out: json } = await analyze(name, '--format', 'json');
        const { health } = JSON.parse(json) as Report;
        assert.equal(health.events.read, health.events.kept + health.events.dropped);
        assert.ok(health.events.kept > 50);
      });
    }

    it('a bomb of 10 levels and of 100,000 among events', async () => {
      const wide = (level: number): string =>
        level === 0
          ? '1'
          : `[${Array(3)
              .fill(wide(level - 1))
              .join(',')}]`;
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      const events = [wide(10), deep].map(
        (bomb) => `{"ph":"X","name":"bomb","pid":1,"tid":1,"ts":150,"dur":1,"args":{"a":${bomb}}}`,
      );
      await write('bomb.json', `[${GOOD},${events.join(',')},${GOOD}]`);
      const { code, out } = await analyze('bomb.json');
      assert.equal(code, 0);
      assert.match(out, /4 of 4 events kept /);
    });

    it('a gzip bomb of 10 layers and one of many bytes', async () => {
      let layers: Uint8Array = gzipSync(KINETO);
      for (let i = 1; i < 10; i++) {
        layers = gzipSync(layers);
      }
      await write('layers.json.gz', layers);
      const layered = await analyze('layers.json.gz');
      assert.equal(layered.code, 3);
      assert.match(layered.err, /This is gzip packed several times\. Unpack it/);
      await write('wide.json.gz', gzipSync(Buffer.alloc(100 << 20, ' ')));
      const wide = await analyze('wide.json.gz');
      assert.equal(wide.code, 3);
      assert.match(wide.err, /^wide\.json\.gz: /);
    });

    it('a name of 1 MB is cut to what can be shown, and told', async () => {
      await write('name.json', `[${GOOD},${GOOD.replace('good', 'x'.repeat(1 << 20))}]`);
      const { code, out } = await analyze('name.json');
      assert.equal(code, 0);
      assert.match(out, /2 of 2 events kept, 1 repaired/);
      assert.match(out, /• 1 event had a fault that could be repaired\./);
      assert.match(out, /name\.json, byte [0-9,]+: .*too long/);
      assert.ok(out.length < 10_000);
    });

    it('a script in a name is printed as text, and left whole in the JSON', async () => {
      const evil = '</script><img src=x onerror=alert(1)>\u001b]0;owned\u0007';
      await write('s.spans.jsonl', drawSpans({ steps: 60, dataNs: 180e6, name: evil }));
      const { code, out } = await analyze('s.spans.jsonl');
      assert.equal(code, 0);
      // eslint-disable-next-line no-control-regex -- looks for control characters
      assert.doesNotMatch(out, /[\u0000-\u001f\u007f-\u009f]/);
      const { lines } = JSON.parse(
        (await analyze('s.spans.jsonl', '--format', 'json')).out,
      ) as Report;
      assert.ok(lines.some(({ name }) => name === evil));
    });
  });
});
