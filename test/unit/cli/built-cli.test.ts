import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../scripts/steps.mjs';
import type { Report } from '../../../src/core/model/report.ts';
import { buildCli, drawSpans, runCli, runShell } from './run-cli.ts';

describe('the built command line', function () {
  this.timeout(30_000);
  let folder: string;

  before(async () => {
    await buildCli();
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-cli-'));
    await mkdir(join(folder, 'stalled'));
    await writeFile(
      join(folder, 'stalled/rank0.spans.jsonl'),
      drawSpans({ steps: 60, dataNs: 180e6 }),
    );
    await mkdir(join(folder, 'balanced'));
    const balanced = join(folder, 'balanced/rank0.spans.jsonl');
    await writeFile(balanced, drawSpans({ steps: 60, dataNs: 10_000 }));
    await utimes(balanced, 1, 1);
    await mkdir(join(folder, 'unclear'));
    await writeFile(
      join(folder, 'unclear/rank0.spans.jsonl'),
      '{"type":"span","name":"x","ts":0,"dur":1000}\n{"type":"span","name":"y","ts":3000,"dur":1000}\n',
    );
    await mkdir(join(folder, 'empty'));
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken/x.json'), '%PDF-1.7 not a trace');
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('prints its help and its version', async () => {
    const help = await runCli(folder, '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /^Finds why a training run is slow[\s\S]*Exit codes:/);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    assert.deepEqual(await runCli(folder, '--version'), { code: 0, out: `${version}\n`, err: '' });
  });

  it('ends with 2 where it is used wrongly, and says how to use it', async () => {
    const { code, out, err } = await runCli(folder, 'analyze', 'stalled', '--format', 'xml');
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(
      err,
      /--format can be text or json or markdown, not "xml"\nTry: training-sleuth --help\n/,
    );
  });

  it('ends with 2 for a run or a rank that is not there', async () => {
    const run = await runCli(folder, 'analyze', '.', '--run', 'nothing');
    assert.equal(run.code, 2);
    assert.match(run.err, /There is no run "nothing"; the runs are /);
    const rank = await runCli(folder, 'analyze', 'stalled', '--rank', '5');
    assert.equal(rank.code, 2);
    assert.match(rank.err, /has none of these ranks; it has 0/);
  });

  it('ends with 3 where nothing can be read', async () => {
    for (const path of ['empty', 'absent', 'absent.json', 'broken', 'broken/x.json']) {
      const { code, out, err } = await runCli(folder, 'analyze', path);
      assert.deepEqual({ path, code, out }, { path, code: 3, out: '' });
      assert.ok(err.includes(path.split('/')[0] ?? ''), `${path}: ${err}`);
      assert.doesNotMatch(err, /\bat .*:\d+:\d+/);
    }
  });

  it('prints a report without colors into a pipe', async () => {
    const { code, out, err } = await runCli(folder, 'analyze', 'stalled');
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /Verdict: data-bound/);
    assert.match(out, /at train\.py:41 \(recorded\)/);
    // eslint-disable-next-line no-control-regex -- looks for control characters
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('prints the report as JSON and nothing else', async () => {
    const { code, out, err } = await runCli(folder, 'analyze', 'stalled', '--format', 'json');
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    const report = JSON.parse(out) as Report;
    assert.equal(report.schemaVersion, 1);
    assert.equal(report.verdict.kind, 'data-bound');
    assert.equal(report.run.steps.total, 60);
    assert.equal(report.stepTime?.p50Ns, 200e6);
    assert.equal(report.findings[0]?.id, 'data-stall');
  });

  it('is a gate: 1 where a finding is severe enough, 0 where none is, 4 without an answer', async () => {
    const gate = async (path: string) =>
      (await runCli(folder, 'analyze', path, '--fail-on', 'warning')).code;
    assert.deepEqual(
      {
        stalled: await gate('stalled'),
        balanced: await gate('balanced'),
        unclear: await gate('unclear'),
      },
      { stalled: 1, balanced: 0, unclear: 4 },
    );
  });

  it('takes the newest of several runs and names the others', async () => {
    const { code, out, err } = await runCli(folder, 'analyze', 'balanced', 'stalled');
    assert.equal(code, 0);
    assert.match(out, /Verdict: data-bound/);
    assert.match(err, /^Found 2 runs; this is the newest, .*--run takes the others: /);
    const other = await runCli(folder, 'analyze', '.', '--run', 'balanced', '--format', 'json');
    assert.equal(other.err, '');
    assert.ok((JSON.parse(other.out) as Report).run.files[0]?.includes('balanced'));
  });

  it('reads files named one by one', async () => {
    const file = 'stalled/rank0.spans.jsonl';
    const { code, out } = await runCli(folder, 'analyze', file, file, '--format', 'json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as Report).run.files.length, 1);
  });

  it('reads a file once that is named twice', async () => {
    const words = [
      'analyze',
      'stalled/rank0.spans.jsonl',
      './stalled/../stalled/rank0.spans.jsonl',
    ];
    const { code, out, err } = await runCli(folder, ...words);
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /1 file · /);
  });

  it('says that it cannot write the report, with a code of its own', async function () {
    if (!existsSync('/dev/full')) {
      this.skip();
    }
    const { code, err } = await runShell(folder, 'analyze stalled --fail-on warning > /dev/full');
    assert.equal(code, 74);
    assert.match(err, /^The report cannot be written: ENOSPC[^\n]*\n$/);
  });

  it('keeps the code of the gate when nobody reads on', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const { code, err } = await runShell(folder, 'analyze stalled --fail-on warning >&-');
    assert.deepEqual({ code, err }, { code: 1, err: '' });
    const gate = await runShell(
      folder,
      'analyze stalled --format json --fail-on warning',
      '| true',
    );
    assert.deepEqual({ code: gate.code, err: gate.err }, { code: 1, err: '' });
  });

  it('refuses a pipe rather than to wait for it', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    await promisify(execFile)('mkfifo', [join(folder, 'pipe.json')]);
    const { code, err } = await runCli(folder, 'analyze', 'pipe.json');
    await rm(join(folder, 'pipe.json'));
    assert.equal(code, 3);
    assert.match(
      err,
      /^cannot read pipe\.json: it is a pipe or a device; save what it gives to a fi/,
    );
  });
});
