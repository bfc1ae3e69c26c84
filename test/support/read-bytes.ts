import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSource } from '../../src/core/formats/byte-source.ts';
import { readTrace } from '../../src/core/formats/read-trace.ts';
import type { Spans, Trace } from '../../src/core/model/trace.ts';
import { SPAN_CATEGORIES } from '../../src/core/model/span-category.ts';

export function fixture(path: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../fixtures', path));
}

/** A source that gives the bytes in pieces, each in the same buffer, as a file does. */
export function bytesInChunks(bytes: Uint8Array, chunkBytes = 65_536): ByteSource {
  let consumed = 0;
  return {
    name: 'bytes',
    sizeBytes: bytes.length,
    consumedBytes: () => consumed,
    truncation: () => null,
    async *chunks() {
      const shared = new Uint8Array(chunkBytes);
      for (; consumed < bytes.length; consumed += chunkBytes) {
        const piece = bytes.subarray(consumed, consumed + chunkBytes);
        shared.set(piece);
        yield shared.subarray(0, piece.length);
      }
      consumed = bytes.length;
    },
  };
}

export function readBytes(bytes: Uint8Array, chunkBytes?: number): Promise<Trace> {
  return readTrace(bytesInChunks(bytes, chunkBytes), { signal: new AbortController().signal });
}

export function readText(text: string, chunkBytes?: number): Promise<Trace> {
  return readBytes(new TextEncoder().encode(text), chunkBytes);
}

/** One span with names instead of rows, for people and assertions. */
export interface SpanView {
  readonly name: string;
  readonly lane: string;
  readonly category: string;
  readonly start: number;
  readonly duration: number;
}

export function viewSpans({ spans, strings, lanes }: Trace): SpanView[] {
  return rowsOf(spans).map((row) => ({
    name: strings[spans.name[row]],
    lane: lanes[spans.lane[row]].name,
    category: SPAN_CATEGORIES[spans.category[row]],
    start: spans.start[row],
    duration: spans.duration[row],
  }));
}

/** Lane, name, category, start and duration of each span. */
export function listSpans(trace: Trace): unknown[] {
  return viewSpans(trace).map(({ lane, name, category, start, duration }) => [
    lane,
    name,
    category,
    start,
    duration,
  ]);
}

export function findSpan(trace: Trace, name: string): number {
  const row = rowsOf(trace.spans).find((i) => trace.strings[trace.spans.name[i]] === name);
  if (row === undefined) {
    throw new Error(`there is no span ${name}`);
  }
  return row;
}

function rowsOf(spans: Spans): number[] {
  return Array.from({ length: spans.length }, (_, row) => row);
}
