import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/core/model/report.ts';
import { buildCli, drawSpans, runCli } from './run-cli.ts';

const CONFIG = '.training-sleuth.json';

describe('the command line and the configuration of a project', function () {
  this.timeout(30_000);
  let folder: string;

  before(buildCli);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'training-sleuth-config-'));
    await writeFile(
      join(folder, 'rank0.spans.jsonl'),
      drawSpans({ steps: 60, dataNs: 180e6, worldSize: 1 }),
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function findings(): Promise<string[]> {
    const { out } = await runCli(folder, 'analyze', 'rank0.spans.jsonl', '--format', 'json');
    return (JSON.parse(out) as Report).findings.map(({ id }) => id);
  }

  it('takes its thresholds', async () => {
    assert.ok((await findings()).includes('data-stall'));
    const detectors = { 'data-stall': { infoPercent: 99, warningPercent: 99, errorPercent: 99 } };
    await writeFile(join(folder, CONFIG), JSON.stringify({ detectors }));
    assert.ok(!(await findings()).includes('data-stall'));
  });

  it('says what is wrong with it, as with wrong usage', async () => {
    await writeFile(join(folder, CONFIG), '{"detectors": {"data-stall": {"infoPercent": -1}}}');
    const { code, out, err } = await runCli(folder, 'analyze', 'rank0.spans.jsonl');
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, /\.training-sleuth\.json cannot be used: detectors\.data-stall\.infoPercent/);
  });
});
