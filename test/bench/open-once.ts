import { once, EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../src/files/find-run-files.ts';
import { AnalyzedTables } from '../../src/worker/analyzed-tables.ts';

/** Nothing is kept of files that were written a moment before. */
const REST_MS = 2_500;

/** The body of one measured process: opens a run as the worker does, with a cache, and prints what that took as JSON. */
const [path = '', folder = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const age = Date.now() - statSync(path).ctimeMs;
await new Promise((resolve) => setTimeout(resolve, Math.max(0, REST_MS - age)));

const [group] = groupRuns(await findRunFiles([path], signal));
const events = new EventEmitter();
const stored = once(events, 'stored');
const told = { pictureMs: 0, isStoring: false };
const begin = performance.now();
const tables = new AnalyzedTables(
  {
    progressed: () => undefined,
    drawn: () => (told.pictureMs = performance.now() - begin),
    storing: () => (told.isStoring = true),
    stored: (problem) => events.emit('stored', problem),
  },
  signal,
);
const { report, overview } = await tables.analyze({
  group,
  detectorOptions: {},
  configTop: dirname(path),
  toolVersion: 'bench',
  baseline: null,
  openFolders: [],
  cache: { folder, maxBytes: 1e12 },
});
const verdictMs = performance.now() - begin;
const { startNs, endNs, ranks } = overview;
const rows = ranks.map(({ rank }) => ({ rank, lane: RANK_TRACK }));
tables.readWindow({ startNs, endNs, widthPx: 1_000, rows });
const drawnMs = performance.now() - begin;
const [problem = null] = told.isStoring ? ((await stored) as unknown[]) : [];
process.stdout.write(
  JSON.stringify({
    verdictMs,
    pictureMs: told.pictureMs === 0 ? drawnMs : told.pictureMs,
    storingMs: told.isStoring ? performance.now() - begin - drawnMs : 0,
    count: report.health.events.read,
    problem,
  }),
);
