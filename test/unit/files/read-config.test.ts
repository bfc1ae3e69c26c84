import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_FILE } from '../../../src/files/config-file.ts';
import { ConfigError, overlayOptions, readConfig } from '../../../src/files/read-config.ts';

describe('readConfig', () => {
  let top = '';
  let runs = '';
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'training-sleuth-config-'));
    runs = join(top, 'project', 'runs');
    mkdirSync(runs, { recursive: true });
  });
  afterEach(() => rmSync(top, { recursive: true }));

  function write(folder: string, config: unknown): string {
    const path = join(folder, CONFIG_FILE);
    writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
    return path;
  }

  const stall = (infoPercent: unknown): unknown => ({
    detectors: { 'data-stall': { infoPercent } },
  });

  it('takes the nearest file above the run', async () => {
    write(top, stall(1));
    const path = write(join(top, 'project'), stall(2));
    assert.deepEqual(await readConfig(runs), {
      path,
      detectors: { 'data-stall': { infoPercent: 2 } },
      baseline: null,
      metrics: [],
    });
  });

  it('takes the baseline from the folder of the file', async () => {
    write(join(top, 'project'), { baseline: 'old/rank0.spans.jsonl' });
    const { baseline } = await readConfig(runs);
    assert.equal(baseline, join(top, 'project', 'old', 'rank0.spans.jsonl'));
  });

  it('looks no further than it may', async () => {
    write(top, stall(1));
    assert.deepEqual(await readConfig(runs, join(top, 'project')), {
      path: null,
      detectors: {},
      baseline: null,
      metrics: [],
    });
    assert.notEqual((await readConfig(runs, top)).path, null);
  });

  for (const [what, config, message] of [
    ['text that is no JSON', '{', /cannot be used: it is not JSON/],
    [
      'a detector that there is not',
      { detectors: { 'data-stal': {} } },
      /detectors: .*"data-stal"/,
    ],
    ['an option that there is not', { detectors: { 'data-stall': { x: 1 } } }, /data-stall: .*"x"/],
    ['a value out of range', stall(200), /detectors\.data-stall\.infoPercent: .*100/],
    ['a value of another kind', stall('5'), /detectors\.data-stall\.infoPercent: .*number/],
    ['a key that there is not', { thresholds: {} }, /"thresholds"/],
    ['a baseline that is no path', { baseline: 3 }, /baseline: .*string/],
    ['an empty baseline', { baseline: '' }, /baseline: /],
    ['a list', [], /expected object/],
    ['what is far too large', ' '.repeat(2_000_000), /larger than 1 MB/],
  ] as const) {
    it(`refuses ${what}, and says what is wrong`, async () => {
      const path = write(runs, config);
      await assert.rejects(readConfig(runs), (error: unknown) => {
        assert.ok(error instanceof ConfigError && error.message.startsWith(path));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('goes before the settings of the editor', async () => {
    write(runs, stall(2));
    const settings = { 'data-stall': { infoPercent: 7, errorPercent: 30 }, 'step-tail': { a: 1 } };
    assert.deepEqual(overlayOptions(settings, await readConfig(runs)), {
      'data-stall': { infoPercent: 2, errorPercent: 30 },
      'step-tail': { a: 1 },
    });
  });

  it('takes mappings of metrics, and says what is wrong with one', async () => {
    const mapping = { files: 'gpu*.csv', time: 'when', timeZone: '+02:00', units: { heat: '°C' } };
    const path = write(runs, { metrics: [mapping] });
    assert.deepEqual((await readConfig(runs)).metrics, [mapping]);
    write(runs, { metrics: [{ ...mapping, timeZone: 'Mars' }] });
    await assert.rejects(readConfig(runs), {
      message: `${path} cannot be used: metrics.0.timeZone: must be such as Z, +02:00 or -07:00. Correct it, then analyze again.`,
    });
  });
});
