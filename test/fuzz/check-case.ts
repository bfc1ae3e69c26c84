import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../../src/core/formats/byte-source.ts';
import { readTrace } from '../../src/core/formats/read-trace.ts';
import type { Trace } from '../../src/core/model/trace.ts';
import { splitRanks } from '../../src/core/runs/split-ranks.ts';
import { openFile } from '../../src/files/open-file.ts';
import { bytesInChunks } from '../support/read-bytes.ts';
import type { FuzzCase } from './fuzz-case.ts';

/** Cases are of some 100 kB: more is a loop that grows with more than the bytes. */
export const MAX_CASE_MS = 5_000;

const MAX_PROBLEMS = 100;
/** Buffers after a case: columns take a few MiB. */
const MAX_BUFFER_BYTES = 512 << 20;

/** Reads a case and checks what is true of any trace. Throws for what is not. */
export async function checkCase(fuzzCase: FuzzCase): Promise<void> {
  const started = performance.now();
  const { bytes, chunkBytes, isPacked } = fuzzCase;
  const trace = isPacked
    ? await readPacked(bytes)
    : await read(bytesInChunks(bytes, bytes.length + 1));
  assertConsistent(trace);
  for (const rank of splitRanks(trace)) {
    assertColumns(rank);
  }
  if (!isPacked) {
    const inChunks = await read(bytesInChunks(bytes, chunkBytes));
    assert.deepEqual(
      withoutExcerpts(inChunks),
      withoutExcerpts(trace),
      `in chunks of ${chunkBytes} bytes`,
    );
    const offsets = trace.problems.map(({ byteOffset }) => byteOffset);
    assert.ok(
      offsets.every((offset) => offset <= bytes.length),
      'problems are within the file',
    );
  }
  const ms = performance.now() - started;
  assert.ok(ms < MAX_CASE_MS, `the case took ${ms.toFixed(0)} ms`);
  const { arrayBuffers } = process.memoryUsage();
  assert.ok(arrayBuffers < MAX_BUFFER_BYTES, `${arrayBuffers} bytes of buffers`);
}

/** An excerpt has what came so far. */
function withoutExcerpts(trace: Trace): object {
  return { ...trace, problems: trace.problems.map((problem) => ({ ...problem, excerpt: '' })) };
}

function read(source: ByteSource): Promise<Trace> {
  return readTrace(source, { signal: new AbortController().signal });
}

async function readPacked(bytes: Uint8Array): Promise<Trace> {
  const folder = mkdtempSync(join(tmpdir(), 'sleuth-fuzz-'));
  try {
    const path = join(folder, 'case');
    writeFileSync(path, bytes);
    return await read(await openFile(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function assertConsistent(trace: Trace): void {
  const { counts, problems } = trace;
  assert.equal(counts.read, counts.kept + counts.dropped, 'read = kept + dropped');
  assert.ok(Object.values(counts).every((count) => Number.isInteger(count) && count >= 0));
  assert.ok(counts.dropped === 0 || problems.length > 0, 'what is dropped is told');
  assert.ok(counts.repaired <= counts.read, 'what is repaired was read');
  assert.ok(problems.length <= MAX_PROBLEMS);
  for (const { byteOffset, reason, excerpt } of problems) {
    assert.ok(Number.isInteger(byteOffset) && byteOffset >= 0, 'an offset');
    assert.ok(reason !== '' && excerpt.length <= 120);
  }
  assertColumns(trace);
}

function assertColumns({
  spans,
  strings,
  lanes,
  flows,
  counters,
  instants,
  collectives,
}: Trace): void {
  assert.equal(
    lanes.reduce((sum, lane) => sum + lane.count, 0),
    spans.length,
    'every span is in a lane',
  );
  assert.ok(
    spans.start.every((start) => start >= 0 && Number.isFinite(start)),
    'starts',
  );
  assert.ok(
    spans.duration.every((duration) => duration >= 0 && Number.isFinite(duration)),
    'durations',
  );
  for (const rows of [spans.name, counters.series, instants.name, flows.name]) {
    assert.ok(
      rows.every((row) => row < strings.length),
      'names are in the table',
    );
  }
  for (const rows of [spans.lane, instants.lane, flows.lane]) {
    assert.ok(
      rows.every((row) => row < lanes.length),
      'lanes are in the table',
    );
  }
  assert.ok(
    collectives.span.every((row) => row < spans.length),
    'collectives have a span',
  );
  assert.ok(
    [counters.time, flows.time, instants.time].every((times) => times.every(Number.isFinite)),
  );
}
