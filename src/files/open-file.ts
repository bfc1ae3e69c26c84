import { open, stat, type FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../core/formats/byte-source.ts';
import { FileError } from './file-error.ts';
import { inflateChunks } from './inflate-chunks.ts';

/** Large enough that reading costs little, small enough to stay in the cache. */
const CHUNK_BYTES = 256 * 1024;

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * A file, unpacked if it is gzip by its content. Throws a `FileError` if it cannot be read, and for a
 * pipe, which can be read only once.
 */
export async function openFile(path: string): Promise<ByteSource> {
  const sizeBytes = await sizeOf(path);
  let consumed = 0;
  let truncation: string | null = null;
  return {
    name: path,
    sizeBytes,
    consumedBytes: () => consumed,
    truncation: () => truncation,
    async *chunks(signal) {
      consumed = 0;
      truncation = null;
      const handle = await openHandle(path);
      try {
        const raw = readChunks(handle, signal, (length) => (consumed += length));
        const first = await raw.next();
        if (first.done === true) {
          return;
        }
        const isGzip = GZIP_MAGIC.every((byte, i) => first.value[i] === byte);
        const whole = prepend(first.value, raw);
        yield* isGzip ? inflateChunks(whole, (reason) => (truncation = reason)) : whole;
      } catch (error) {
        throw isSystemError(error) ? new FileError(path, error) : error;
      } finally {
        await handle.close();
      }
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const entry = await stat(path);
    if (!entry.isFile() && !entry.isDirectory()) {
      throw new Error('it is a pipe or a device; save what it gives to a file, and analyze that');
    }
    return entry.size;
  } catch (error) {
    throw new FileError(path, error);
  }
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new FileError(path, error);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  yield first;
  yield* rest;
}

/** Reads the next chunk while the one before is in use; each is valid until the one after is asked for. */
async function* readChunks(
  handle: FileHandle,
  signal: AbortSignal,
  onRead: (length: number) => void,
): AsyncGenerator<Uint8Array, void, void> {
  let current = new Uint8Array(CHUNK_BYTES);
  let spare = new Uint8Array(CHUNK_BYTES);
  let pending = handle.read(current, 0, CHUNK_BYTES, null);
  try {
    for (;;) {
      const { bytesRead } = await pending;
      signal.throwIfAborted();
      if (bytesRead === 0) {
        return;
      }
      onRead(bytesRead);
      const chunk = current.subarray(0, bytesRead);
      [current, spare] = [spare, current];
      pending = handle.read(current, 0, CHUNK_BYTES, null);
      yield chunk;
    }
  } finally {
    // The file must not be closed under a read.
    await pending.catch(() => undefined);
  }
}
