import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanLineFollower } from '../../src/core/formats/span-lines/span-line-follower.ts';
import type { RunGroup } from '../../src/core/model/run.ts';
import { AnalyzedTables } from '../../src/worker/analyzed-tables.ts';

const ROUNDS = 7;
const STEP_NS = 100_000_000;
const { signal } = new AbortController();

/** The body of one measured process: a span file of so many megabytes grows by one after the other; prints what each costs as JSON. */
const megabytes = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'bench-follow-'));
const path = join(folder, 'rank0.spans.jsonl');
let step = 0;

/** Steps of a training, as the recorder writes them. */
function nextText(bytes: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes; step++) {
    const at = step * STEP_NS;
    const phases = ['data', 'h2d', 'forward', 'loss', 'backward', 'optimizer'];
    for (const [i, phase] of phases.entries()) {
      const span = { type: 'span', name: phase, phase, step, ts: at + i * 15_000_000, dur: 14e6 };
      lines.push(JSON.stringify({ ...span, file: 'train.py', line: 40 + i, lane: 'main' }));
    }
    lines.push(JSON.stringify({ type: 'step', step, ts: at, dur: 95_000_000, samples: 256 }));
    lines.push(JSON.stringify({ type: 'counter', name: 'loss', ts: at, value: 1 / (1 + step) }));
    length += lines.slice(-8).reduce((sum, line) => sum + line.length + 1, 0);
  }
  return `${lines.join('\n')}\n`;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function answer(tables: AnalyzedTables): Promise<number> {
  const { size, mtimeMs } = statSync(path);
  const file = { path, format: 'spans', rank: 0, worldSize: 1, runName: null };
  const group: RunGroup = {
    id: 'run',
    name: 'run',
    folder,
    files: [{ ...file, sizeBytes: size, modifiedMs: mtimeMs }],
  };
  const begin = performance.now();
  await tables.analyze({
    group,
    detectorOptions: {},
    configTop: folder,
    toolVersion: 'bench',
    baseline: null,
    openFolders: [],
    cache: null,
  });
  return performance.now() - begin;
}

const nothing = (): void => undefined;
const tables = new AnalyzedTables(
  { progressed: nothing, drawn: nothing, storing: nothing, stored: nothing },
  signal,
);
const follower = new SpanLineFollower();
const readMs: number[] = [];
const takeMs: number[] = [];
const answerMs: number[] = [];
const header = { type: 'run', schema: 1, run: 'bench', rank: 0, worldSize: 1, startUnixNs: 1.7e18 };
const first = Buffer.from(`${JSON.stringify(header)}\n${nextText(megabytes * 1e6)}`);
writeFileSync(path, first);
follower.push(first);
await answer(tables);
for (let round = 0; round < ROUNDS; round++) {
  const more = Buffer.from(nextText(1e6));
  appendFileSync(path, more);
  const begin = performance.now();
  follower.push(more);
  const between = performance.now();
  follower.take();
  readMs.push(between - begin);
  takeMs.push(performance.now() - between);
  answerMs.push(await answer(tables));
}
rmSync(folder, { recursive: true });
process.stdout.write(
  JSON.stringify({
    readMs: middle(readMs),
    takeMs: middle(takeMs),
    answerMs: middle(answerMs),
    spans: 7 * step,
  }),
);
