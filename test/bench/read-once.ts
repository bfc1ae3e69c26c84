import { readFileSync } from 'node:fs';
import { analyzeRun } from '../../src/core/analyze.ts';
import type { Run } from '../../src/core/model/run.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../src/files/find-run-files.ts';
import { openFile } from '../../src/files/open-file.ts';
import { readRun } from '../../src/files/read-run.ts';

interface Done {
  readonly count: number;
  /** Where only a part of the time is of interest. */
  readonly ms?: number;
  /** Of the reading before it. */
  readonly readMs?: number;
}

const { signal } = new AbortController();

const threadScript = new URL('./read-thread.js', import.meta.url);

async function readAll(path: string, script?: URL): Promise<Run> {
  const [group] = groupRuns(await findRunFiles([path], signal));
  return await readRun(group, { signal, threadScript: script });
}

function eventsOf({ ranks }: Run): number {
  return ranks.reduce((sum, { trace }) => sum + trace.counts.read, 0);
}

/** The body of one measured process: does one thing once and prints what it cost as JSON. */
const ways: Readonly<Record<string, (path: string) => Promise<Done>>> = {
  async columns(path) {
    return { count: eventsOf(await readAll(path, threadScript)) };
  },
  async oneThread(path) {
    return { count: eventsOf(await readAll(path)) };
  },
  async parse(path) {
    const trace = JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: unknown[] };
    return { count: trace.traceEvents.length };
  },
  async unpack(path) {
    let length = 0;
    for await (const chunk of (await openFile(path)).chunks(signal)) {
      length += chunk.length;
    }
    return { count: length };
  },
  async analyze(path) {
    const begin = performance.now();
    const run = await readAll(path, threadScript);
    const between = performance.now();
    const { report } = analyzeRun(run);
    return {
      count: report.health.events.read,
      ms: performance.now() - between,
      readMs: between - begin,
    };
  },
  async nothing() {
    return { count: 0 };
  },
};

const [way = '', path = ''] = process.argv.slice(2);
const start = performance.now();
const done = await ways[way](path);
const ms = performance.now() - start;
process.stdout.write(
  JSON.stringify({ ms, ...done, peakBytes: process.resourceUsage().maxRSS * 1024 }),
);
