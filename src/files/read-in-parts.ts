import { open, type FileHandle } from 'node:fs/promises';
import { findEventBorder } from '../core/formats/events/find-border.ts';
import { probeEvents } from '../core/formats/events/probe-events.ts';
import { GUESS, type Format } from '../core/formats/format.ts';
import { HEAD_BYTES } from '../core/formats/head.ts';
import type { PartPlace } from '../core/formats/parts.ts';
import { recognizeFormat } from '../core/formats/read-trace.ts';
import type { Trace } from '../core/model/trace.ts';
import { FileError } from './file-error.ts';
import { openRange } from './open-file.ts';
import type { Reading, ReadThreads } from './read-threads.ts';

/** Below, the rest is read before another thread has started and its code is compiled. */
const MIN_PART_BYTES = 160 << 20;

/** No event is longer, as a rule; where one is, there are fewer parts. */
const BORDER_BYTES = 1 << 20;

/**
 * Reads one large file of trace events on several threads at once, of which this is one. Null where it
 * cannot be, or what it holds is only understood when it is read from front to back.
 */
export async function readInParts(
  path: string,
  threads: ReadThreads,
  { signal, onProgress }: Reading,
  minPartBytes = MIN_PART_BYTES,
): Promise<Trace | null> {
  const plan = await planParts(path, threads.count + 1, minPartBytes);
  if (plan === null) {
    return null;
  }
  const { format, first, others } = plan;
  const consumed = [0, ...others.map(() => 0)];
  const partOf = (index: number): Reading => ({
    signal,
    onProgress: (bytes) => {
      consumed[index] = bytes;
      onProgress(consumed.reduce((sum, part) => sum + part, 0));
    },
  });
  const reading = others.map(async (place, i) =>
    threads.run('readPart', { path, format: format.id, place }, partOf(i + 1)),
  );
  const source = await openRange(path, first.start);
  const [begun, parts] = await Promise.all([
    format.parts.readFirst(source, first, partOf(0)),
    Promise.all(reading),
  ]);
  // Their memory is of more use than they are.
  await threads.end();
  return begun.join(parts);
}

interface Plan {
  readonly format: Format & Required<Pick<Format, 'parts'>>;
  readonly first: PartPlace;
  readonly others: readonly PartPlace[];
}

async function planParts(
  path: string,
  maxParts: number,
  minPartBytes: number,
): Promise<Plan | null> {
  try {
    const handle = await open(path, 'r');
    try {
      return await planPartsOf(handle, maxParts, minPartBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new FileError(path, error);
  }
}

async function planPartsOf(
  handle: FileHandle,
  maxParts: number,
  minPartBytes: number,
): Promise<Plan | null> {
  const { size } = await handle.stat();
  const count = Math.min(maxParts, Math.floor(size / minPartBytes));
  if (count < 2) {
    return null;
  }
  const head = { bytes: await readAt(handle, 0, HEAD_BYTES), isWhole: false };
  const recognized = recognizeFormat(head);
  const { shape } = probeEvents(head);
  const isSure = recognized !== null && recognized.sureness > GUESS;
  if (!isSure || !hasParts(recognized.format) || shape === null || shape === 'lines') {
    return null;
  }
  const starts = await findStarts(handle, size, count);
  const first = { shape, start: 0, end: starts[0] ?? Infinity };
  const others = starts.map((start, i) => ({ shape, start, end: starts[i + 1] ?? Infinity }));
  return others.length === 0 ? null : { format: recognized.format, first, others };
}

function hasParts(format: Format): format is Plan['format'] {
  return format.parts !== undefined;
}

/** Where parts of about the same size begin, but for the first. */
async function findStarts(handle: FileHandle, size: number, count: number): Promise<number[]> {
  const starts: number[] = [];
  for (let i = 1; i < count; i++) {
    const at = Math.max(Math.floor((size * i) / count), (starts.at(-1) ?? 0) + 1);
    const border = findEventBorder(await readAt(handle, at, BORDER_BYTES));
    if (border >= 0) {
      starts.push(at + border);
    }
  }
  return starts;
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
