import { once } from 'node:events';
import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JSONParser } from '@streamparser/json';
import { parser } from 'stream-json';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
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
  /** Of a folder, one file after the other. */
  async parse(path) {
    const names = statSync(path).isDirectory() ? readdirSync(path).sort() : [''];
    let count = 0;
    for (const name of names) {
      const text = readFileSync(join(path, name), 'utf8');
      count += (JSON.parse(text) as { traceEvents: unknown[] }).traceEvents.length;
    }
    return { count };
  },
  async streamParser(path) {
    const streamParser = new JSONParser({ paths: ['$.traceEvents.*'], keepStack: false });
    let count = 0;
    streamParser.onValue = () => {
      count++;
    };
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      streamParser.write(chunk as Buffer);
    }
    return { count };
  },
  async streamJson(path) {
    const events = createReadStream(path, { highWaterMark: 256 * 1024 })
      .pipe(parser.asStream())
      .pipe(pick.asStream({ filter: 'traceEvents' }))
      .pipe(streamArray.asStream());
    let count = 0;
    events.on('data', () => {
      count++;
    });
    await once(events, 'end');
    return { count };
  },
  async unpack(path) {
    let length = 0;
    for await (const chunk of (await openFile(path)).chunks(signal)) {
      length += chunk.length;
    }
    return { count: length };
  },
  async verdict(path) {
    const { report } = analyzeRun(await readAll(path, threadScript));
    return { count: report.health.events.read };
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
