import { readFileSync } from 'node:fs';
import { readTrace } from '../../src/core/formats/read-trace.ts';
import { openFile } from '../../src/files/open-file.ts';

/** The body of one measured process: does one thing once and prints what it cost as JSON. */
const ways: Readonly<Record<string, (path: string) => Promise<number>>> = {
  async columns(path) {
    const trace = await readTrace(await openFile(path), { signal: new AbortController().signal });
    return trace.counts.read;
  },
  async parse(path) {
    const trace = JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: unknown[] };
    return trace.traceEvents.length;
  },
  async unpack(path) {
    let length = 0;
    for await (const chunk of (await openFile(path)).chunks(new AbortController().signal)) {
      length += chunk.length;
    }
    return length;
  },
  async nothing() {
    return 0;
  },
};

const [way = '', path = ''] = process.argv.slice(2);
const start = performance.now();
const count = await ways[way](path);
const ms = performance.now() - start;
process.stdout.write(
  JSON.stringify({ ms, count, peakBytes: process.resourceUsage().maxRSS * 1024 }),
);
