import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/core/model/report.ts';
import { buildCli, drawSpans, type Ended, runCli } from './run-cli.ts';

describe('the command line and a baseline', function () {
  this.timeout(60_000);
  let folder: string;

  before(buildCli);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-baseline-'));
    for (const [name, dataNs] of [
      ['old', 1e6],
      ['slow', 4e6],
      ['same', 1e6],
    ] as const) {
      await mkdir(join(folder, name));
      const spans = drawSpans({ steps: 60, dataNs });
      await writeFile(join(folder, name, 'rank0.spans.jsonl'), spans);
    }
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const analyze = async (...words: readonly string[]): Promise<Ended> =>
    await runCli(folder, 'analyze', ...words);

  async function report(...words: readonly string[]): Promise<Report> {
    return JSON.parse((await analyze(...words, '--format', 'json')).out) as Report;
  }

  it('finds a run slower than the one that is named', async () => {
    const { baseline, findings } = await report('slow', '--baseline', 'old');
    // 24 ms after 21 ms.
    assert.deepEqual([baseline?.standing, baseline?.deltaNs], ['slower', 3e6]);
    assert.ok(findings.some(({ id }) => id === 'regression'));
    const { out } = await analyze('slow', '--baseline', 'old');
    assert.match(out, /Against the baseline .*: slower\n {2}14 % slower than/);
  });

  it('fails a gate for it, and for no answer', async () => {
    const gate = async (run: string, ...words: string[]): Promise<number> =>
      (await analyze(run, '--fail-on', 'warning', ...words)).code;
    assert.equal(await gate('same', '--baseline', 'old'), 0);
    assert.equal(await gate('slow', '--baseline', 'old'), 1);
    assert.equal(await gate('same', '--baseline', 'gone'), 4);
  });

  it('takes it from the configuration of the project, and rather from the option', async () => {
    await writeFile(join(folder, '.training-sleuth.json'), '{"baseline": "./old"}');
    assert.equal((await report('slow')).baseline?.standing, 'slower');
    assert.equal((await report('slow', '--baseline', 'slow')).baseline, null);
    await writeFile(join(folder, '.training-sleuth.json'), '{"baseline": "slow"}');
    assert.equal((await report('slow', '--baseline', 'same')).baseline?.standing, 'slower');
  });

  it('goes on without one that cannot be read, and says so', async () => {
    const { code, out } = await analyze('slow', '--baseline', 'gone');
    assert.equal(code, 0);
    assert.match(
      out.replaceAll(/\s+/g, ' '),
      /There is no baseline to compare with: cannot read gone: there is no such file or folder/,
    );
    assert.match(out, /Verdict/);
  });
});
