import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunGroup } from '../../../src/core/model/run.ts';
import { CONFIG_FILE } from '../../../src/files/config-file.ts';
import { AnalyzedTables } from '../../../src/worker/analyzed-tables.ts';
import { CacheFixture, groupIn } from '../../support/cached-runs.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
/** Files that were not written just now. */
const RUN = join(FIXTURES, 'kineto/2024.json');
const { signal } = new AbortController();

/** An hour later all files rest. */
const LATER: object = { nowMs: () => Date.now() + 3_600_000 };

interface Changes {
  readonly minimum?: number;
  readonly baseline?: string;
}

function requestOf(group: RunGroup, folder: string | null, changes: Changes = {}) {
  return {
    group,
    detectorOptions:
      changes.minimum === undefined ? {} : { 'data-stall': { minimumPercent: changes.minimum } },
    configTop: group.folder,
    toolVersion: '1.2.3',
    baseline: changes.baseline ?? null,
    openFolders: [FIXTURES],
    cache: folder === null ? null : { folder, maxBytes: 1e9, ...LATER },
  };
}

/** A worker's tables, and what was told on the way. */
async function analyze(group: RunGroup, folder: string | null, changes: Changes = {}) {
  const events = new EventEmitter();
  const told = { progress: 0, pictures: 0, storing: 0 };
  const tables = new AnalyzedTables(
    {
      progressed: () => (told.progress += 1),
      drawn: () => (told.pictures += 1),
      storing: () => (told.storing += 1),
      stored: (problem) => events.emit('stored', problem),
    },
    signal,
  );
  const stored = once(events, 'stored');
  const answer = await tables.analyze(requestOf(group, folder, changes));
  const problem: unknown = told.storing > 0 ? (await stored)[0] : null;
  return { tables, answer, told, problem };
}

describe('a run that a worker analyses again', () => {
  let fixture: CacheFixture;
  let group: RunGroup;

  beforeEach(async () => {
    fixture = new CacheFixture();
    group = await groupIn(RUN);
  });

  afterEach(() => fixture.remove());

  it('is given as it was, and nothing is read', async () => {
    const first = await analyze(group, fixture.cacheFolder);
    assert.equal(first.problem, null);
    assert.ok(first.told.progress > 0);
    const second = await analyze(group, fixture.cacheFolder);
    assert.deepEqual(second.told, { progress: 0, pictures: 0, storing: 0 });
    assert.deepEqual(second.answer, first.answer);
    const [{ rank }] = first.answer.overview.ranks;
    const { startNs, endNs } = first.answer.overview;
    const window = { startNs, endNs, widthPx: 800, rows: [{ rank, lane: 0 }] };
    assert.deepEqual(second.tables.readWindow(window), first.tables.readWindow(window));
    assert.deepEqual(
      await second.tables.readArguments(rank, 3),
      await first.tables.readArguments(rank, 3),
    );
  });

  it('has its lines recalled without its tables, where it was analyzed with the same settings', async () => {
    const { cacheFolder } = fixture;
    const recall = async (folder: string | null, changes: Changes = {}) => {
      const silent = { progressed: fail, drawn: fail, storing: fail, stored: fail };
      const tables = new AnalyzedTables(silent, signal);
      return await tables.recallLines(requestOf(group, folder, changes));
    };
    assert.equal(await recall(cacheFolder), null);
    const { answer } = await analyze(group, cacheFolder);
    assert.ok(answer.report.lines.length > 0);
    assert.deepEqual(await recall(cacheFolder), answer.report.lines);
    assert.equal(await recall(cacheFolder, { minimum: 3 }), null);
    assert.equal(await recall(null), null);
  });

  it('is analysed anew with other thresholds, another baseline, or no cache', async () => {
    await analyze(group, fixture.cacheFolder);
    const baseline = join(FIXTURES, 'kineto/2020.json');
    for (const changes of [{ minimum: 3 }, { baseline }]) {
      const changed = await analyze(group, fixture.cacheFolder, changes);
      assert.ok(changed.told.progress > 0, JSON.stringify(changes));
      const again = await analyze(group, fixture.cacheFolder, changes);
      assert.equal(again.told.progress, 0, JSON.stringify(changes));
      assert.deepEqual(again.answer.report, changed.answer.report);
    }
    const without = await analyze(group, null);
    assert.ok(without.told.progress > 0);
    assert.equal(without.told.storing, 0);
  });

  it('is analysed anew where metrics have come beside it, or are read in another way', async () => {
    const folder = fixture.runFolder;
    copyFileSync(RUN, join(folder, 'rank0.pt.trace.json'));
    const own = await groupIn(folder);
    const progress = async () => (await analyze(own, fixture.cacheFolder)).told.progress;
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    const changes: [string, () => void][] = [
      ['the run', () => undefined],
      ['metrics', () => write('metrics.csv', 'step,loss\n1,2\n2,1\n')],
      ['other metrics', () => write('metrics.csv', 'step,loss\n1,2\n2,3\n')],
      ['a mapping', () => write(CONFIG_FILE, '{"metrics":[{"files":"*.csv","step":"step"}]}')],
    ];
    for (const [name, change] of changes) {
      change();
      assert.ok((await progress()) > 0, name);
      assert.equal(await progress(), 0, `${name} again`);
    }
  });
});

function fail(): void {
  assert.fail('nothing is read, drawn or stored');
}
