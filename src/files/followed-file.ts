import { type FileHandle, open } from 'node:fs/promises';
import type { Trace } from '../core/model/trace.ts';
import { SpanLineFollower } from '../core/formats/span-lines/span-line-follower.ts';

const CHUNK_BYTES = 256 * 1024;

/** As much of the beginning, and of what was read last, tells that a file was not written anew. */
const SAMPLE_BYTES = 4_096;

/** What text begins with; everything else is packed, or of wide characters. */
const FIRST_BYTES: ReadonlySet<number> = new Set([0x7b, 0x20, 0x09, 0x0a, 0x0d, 0xef]);

interface Reading {
  readonly follower: SpanLineFollower;
  readonly device: bigint;
  readonly inode: bigint;
  head: Uint8Array;
  tail: Uint8Array;
}

/**
 * A span file that grows: each time only what was appended is read. A file that was replaced, cut or overwritten is
 * read from its beginning.
 */
export class FollowedFile {
  #reading: Reading | null = null;
  #trace: Trace | null = null;

  constructor(private readonly path: string) {}

  /** What the file holds now, the same object while nothing comes; null where it cannot be followed. Throws what the system and `signal` throw. */
  async readOn(signal: AbortSignal, onRead?: (byteLength: number) => void): Promise<Trace | null> {
    const file = await open(this.path, 'r');
    try {
      const { dev, ino, size } = await file.stat({ bigint: true });
      if (!(await this.#isSame(file, dev, ino, Number(size)))) {
        const empty = new Uint8Array(0);
        const follower = new SpanLineFollower();
        this.#reading = { follower, device: dev, inode: ino, head: empty, tail: empty };
        this.#trace = null;
      }
      const reading = this.#reading;
      return reading === null ? null : await this.#readRest(file, reading, signal, onRead);
    } finally {
      await file.close();
    }
  }

  async #readRest(
    file: FileHandle,
    reading: Reading,
    signal: AbortSignal,
    onRead: ((byteLength: number) => void) | undefined,
  ): Promise<Trace | null> {
    const { follower } = reading;
    const begin = follower.byteLength;
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, follower.byteLength);
      signal.throwIfAborted();
      if (bytesRead === 0) {
        break;
      }
      const bytes = chunk.subarray(0, bytesRead);
      if (follower.byteLength === 0 && !FIRST_BYTES.has(bytes[0] ?? 0)) {
        this.#reading = null;
        return null;
      }
      follower.push(bytes);
      reading.head = firstOf(reading.head, bytes);
      reading.tail = lastOf(reading.tail, bytes);
      onRead?.(follower.byteLength);
    }
    if (this.#trace === null || follower.byteLength > begin) {
      this.#trace = follower.take();
    }
    return this.#trace;
  }

  async #isSame(file: FileHandle, device: bigint, inode: bigint, size: number): Promise<boolean> {
    const reading = this.#reading;
    if (reading === null) {
      return false;
    }
    const { follower, head, tail } = reading;
    const at = follower.byteLength;
    return (
      reading.device === device &&
      reading.inode === inode &&
      size >= at &&
      (await hasBytes(file, 0, head)) &&
      (await hasBytes(file, at - tail.length, tail))
    );
  }
}

async function hasBytes(file: FileHandle, at: number, expected: Uint8Array): Promise<boolean> {
  const bytes = new Uint8Array(expected.length);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
  return bytesRead === bytes.length && Buffer.compare(bytes, expected) === 0;
}

function firstOf(before: Uint8Array, next: Uint8Array): Uint8Array {
  return before.length === SAMPLE_BYTES
    ? before
    : new Uint8Array(Buffer.concat([before, next.subarray(0, SAMPLE_BYTES - before.length)]));
}

function lastOf(before: Uint8Array, next: Uint8Array): Uint8Array {
  const room = Math.max(0, SAMPLE_BYTES - next.length);
  const kept = room === 0 ? before.subarray(0, 0) : before.subarray(-room);
  return new Uint8Array(Buffer.concat([kept, next.subarray(-SAMPLE_BYTES)]));
}
