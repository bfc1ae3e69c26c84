import assert from 'node:assert/strict';
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnalyzedTables } from '../../../src/worker/analyzed-tables.ts';
import { CacheFixture, groupIn } from '../../support/cached-runs.ts';
import { simulationOf, textsOf } from '../../support/simulated-run.ts';

const { signal } = new AbortController();

const NOTICES = {
  progressed: () => undefined,
  drawn: () => undefined,
  storing: () => undefined,
  stored: () => undefined,
};

/** The texts of a run of two ranks, one with a worker of its loader, by file. */
function textsOfRun(steps: number): Map<string, string> {
  const simulated = simulationOf({
    ranks: 2,
    steps,
    loader: { workers: 1 },
    recording: { format: 'spans' },
    troubles: [{ kind: 'straggler', rank: 1, cause: 'compute', extraNs: 80_000_000, steps: null }],
  });
  return new Map([0, 1].flatMap((rank) => [...textsOf(simulated, rank)]));
}

describe('a run that grows while it is open', function () {
  this.timeout(20_000);
  let fixture: CacheFixture;

  beforeEach(() => {
    fixture = new CacheFixture();
  });

  afterEach(() => fixture.remove());

  async function analyze(tables: AnalyzedTables) {
    const group = await groupIn(fixture.runFolder);
    const answer = await tables.analyze({
      group,
      detectorOptions: {},
      configTop: fixture.runFolder,
      toolVersion: '1.2.3',
      baseline: null,
      openFolders: [],
      cache: { folder: fixture.cacheFolder, maxBytes: 1e9 },
    });
    const { startNs, endNs, ranks } = answer.overview;
    const rows = ranks.flatMap(({ rank, lanes }) => lanes.map(({ lane }) => ({ rank, lane })));
    return { ...answer, window: tables.readWindow({ startNs, endNs, widthPx: 500, rows }) };
  }

  async function assertAsFresh(tables: AnalyzedTables, what: string): Promise<void> {
    const grown = await analyze(tables);
    const fresh = await analyze(new AnalyzedTables(NOTICES, signal));
    assert.deepEqual(grown.report, fresh.report, what);
    assert.deepEqual(grown.overview, fresh.overview, what);
    assert.deepEqual(grown.window, fresh.window, what);
  }

  it('has the report and the picture of one that is opened now, after every kind of change', async () => {
    const texts = textsOfRun(14);
    const at = (name: string) => join(fixture.runFolder, name);
    const parts = 4;
    const tables = new AnalyzedTables(NOTICES, signal);
    for (let part = 0; part < parts; part++) {
      for (const [name, text] of texts) {
        const piece = Math.ceil(text.length / parts);
        appendFileSync(at(name), text.slice(part * piece, (part + 1) * piece));
      }
      await assertAsFresh(tables, `part ${part}`);
    }
    const [[name, text]] = texts;
    const changes: [string, () => void][] = [
      ['nothing', () => undefined],
      ['cut', () => truncateSync(at(name), text.length >> 1)],
      ['written anew', () => writeFileSync(at(name), text)],
      [
        'replaced',
        () => {
          writeFileSync(at('draft'), text + text.slice(text.lastIndexOf('{')));
          renameSync(at('draft'), at(name));
        },
      ],
    ];
    for (const [what, change] of changes) {
      change();
      await assertAsFresh(tables, what);
    }
  });
});
