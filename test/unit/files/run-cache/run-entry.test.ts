import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Report } from '../../../../src/core/model/report.ts';
import type { RunGroup } from '../../../../src/core/model/run.ts';
import type { Analysis } from '../../../../src/core/model/tables.ts';
import { embedRun } from '../../../../src/core/export/embed-run.ts';
import { packEmbedded, unpackEmbedded } from '../../../../src/core/export/embedded-bytes.ts';
import { chromeTrace } from '../../../../src/core/export/chrome-trace.ts';
import { csvOf } from '../../../../src/core/export/tables.ts';
import { plainRank } from '../../../../src/core/export/plain-analysis.ts';
import type { Trace } from '../../../../src/core/model/trace.ts';
import { RANK_TRACK } from '../../../../src/core/model/timeline.ts';
import { describeSelection } from '../../../../src/core/timeline/describe-selection.ts';
import { drawWhole } from '../../../../src/core/timeline/draw-whole.ts';
import { findSpans } from '../../../../src/core/timeline/find-spans.ts';
import { parseQuery } from '../../../../src/core/timeline/search-query.ts';
import { readCounters } from '../../../../src/core/timeline/read-counters.ts';
import { readWindow } from '../../../../src/core/timeline/read-window.ts';
import { summarizeArea } from '../../../../src/core/timeline/summarize-area.ts';
import { groupRuns } from '../../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../../src/files/find-run-files.ts';
import { openEntry, writeEntry } from '../../../../src/files/run-cache/run-entry.ts';
import { analyzeFresh, CacheFixture } from '../../../support/cached-runs.ts';
import { itWithShared } from '../../../support/shared-data.ts';

const { signal } = new AbortController();
const LIMITS = { maxBytes: 1e9, signal };

/** Everything that is asked of an analysis, small enough to be compared. */
function answersOf(analysis: Analysis): object {
  const { startNs, endNs } = analysis;
  const rows = analysis.run.ranks
    .slice(0, 4)
    .flatMap(({ rank, trace }) => [
      { rank, lane: RANK_TRACK },
      ...trace.lanes.slice(0, 6).map((_, lane) => ({ rank, lane })),
    ]);
  const window = { startNs, endNs, widthPx: 600, rows };
  const middle = { ...window, startNs: startNs + (endNs - startNs) / 3 };
  const spans = analysis.run.ranks.flatMap(({ rank, trace: { spans } }) =>
    [0, spans.length >> 1, spans.length - 1]
      .filter((index) => index in spans.start)
      .map((index) => ({ kind: 'span' as const, rank, index })),
  );
  return {
    whole: drawWhole(analysis),
    window: readWindow(analysis, window),
    part: readWindow(analysis, middle),
    counters: readCounters(analysis, window),
    area: summarizeArea(analysis, { ...middle, by: 'name' }),
    found: findSpans(analysis, parseQuery('a')),
    details: spans.map((selection) => describeSelection(analysis, selection)),
    csv: [...csvOf('steps', analysis)].join(''),
    chrome: [...chromeTrace(analysis, { ...window, widthPx: 600 } as never)].join('').length,
  };
}

function assertSame(given: Analysis, expected: Analysis): void {
  const { ranks: givenRanks, run: givenRun, report: givenReport, ...givenTables } = given;
  const { ranks, run, report, ...tables } = expected;
  assert.deepEqual(givenReport, report);
  assert.deepEqual(givenTables, tables);
  assert.deepEqual({ ...givenRun, ranks: [] }, { ...run, ranks: [] });
  run.ranks.forEach((rank, row) => {
    const trace: { -readonly [K in keyof Trace]: Trace[K] } = { ...rank.trace };
    delete trace.spillable;
    assert.deepEqual(givenRun.ranks[row], { ...rank, trace });
    assert.deepEqual(plainRank(givenRanks[row]), plainRank(ranks[row]));
  });
  assert.deepEqual(answersOf(given), answersOf(expected));
}

function savedReport(analysis: Analysis): unknown {
  return unpackEmbedded(new Uint8Array(Buffer.concat(packEmbedded(embedRun(analysis)))));
}

async function assertKept(group: RunGroup, maxRanksInMemory?: number): Promise<void> {
  const fixture = new CacheFixture();
  try {
    const path = join(fixture.folder, 'entry');
    const fresh = await analyzeFresh(group, maxRanksInMemory);
    await writeEntry(path, fresh, LIMITS);
    const { analysis, overview, steps } = openEntry(path, maxRanksInMemory);
    assertSame(analysis, fresh.analysis);
    assert.deepEqual(overview, fresh.overview);
    assert.deepEqual(steps, fresh.steps);
    assert.deepEqual(savedReport(analysis), savedReport(fresh.analysis));
  } finally {
    fixture.remove();
  }
}

describe('the entry of a run', function () {
  this.timeout(60_000);
  let fixture: CacheFixture;

  beforeEach(() => {
    fixture = new CacheFixture();
  });

  afterEach(() => fixture.remove());

  it('gives back all of a run of spans, with loaders and a straggler', async () => {
    const group = await fixture.write({
      ranks: 4,
      loader: { workers: 2 },
      troubles: [
        { kind: 'straggler', rank: 2, cause: 'compute', extraNs: 80_000_000, steps: null },
      ],
    });
    await assertKept(group);
  });

  it('gives back all of a run of a profiler', async () => {
    await assertKept(await fixture.write({ ranks: 2, recording: { format: 'kineto' } }));
  });

  it('gives back all of a run of more ranks than stay in memory', async () => {
    const group = await fixture.write({ ranks: 6 });
    await assertKept(group, 2);
  });

  it('keeps numbers that JSON has not', async () => {
    const group = await fixture.write();
    const { analysis, ...rest } = await analyzeFresh(group);
    const odd = {
      nothing: undefined,
      numbers: [NaN, -0, Infinity],
      big: 2n ** 70n,
      text: '\ud800',
    };
    const report = { ...analysis.report, odd } as Report;
    const path = join(fixture.folder, 'entry');
    await writeEntry(path, { analysis: { ...analysis, report }, ...rest }, LIMITS);
    assert.deepEqual(openEntry(path).analysis.report, report);
  });

  const shared = [
    'kineto/hta-two-ranks',
    'kineto/h100-bert-small.json.gz',
    'kineto/rocm-resnet-checkpoint-rank0of8.json.gz',
    'logs/torchtitan-run.log',
    'chrome/viztracer-multithread.json',
    'megatron-timeline-ST',
    'nsys',
  ];
  for (const name of shared) {
    itWithShared(`gives back all of ${name}`, [name], async ([path]) => {
      for (const group of groupRuns(await findRunFiles([path], signal)).slice(0, 2)) {
        await assertKept(group);
      }
    });
  }
});
