import { open, stat, type FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../core/formats/byte-source.ts';
import { FileError } from './file-error.ts';
import { type Chunks, peek } from './chunks.ts';
import { unpack, type UnpackNotes } from './unpack.ts';
import { unzipChunks } from './unzip-chunks.ts';
import { ZIP_MAGIC } from './zip-archive.ts';

/** Large enough that reading costs little, small enough to stay in the cache. */
const CHUNK_BYTES = 256 * 1024;

/**
 * A file: out of zip, gzip and zstd, and as UTF-8, all told by its content. Throws a `FileError` if it
 * cannot be read, and for a pipe, which can be read only once.
 */
export async function openFile(path: string): Promise<ByteSource> {
  const sizeBytes = await sizeOf(path);
  let consumed = 0;
  let truncation: string | null = null;
  let remarks: string[] = [];
  let leftOut: string | null = null;
  const notes: UnpackNotes = {
    // What happened first is why the rest is missing.
    onTruncated: (reason) => (truncation ??= reason),
    onRemark: (remark) => remarks.push(remark),
    onLeftOut: (what) => (leftOut = what),
  };
  return {
    name: path,
    sizeBytes,
    consumedBytes: () => consumed,
    truncation: () => truncation,
    remarks: () => remarks,
    leftOut: () => leftOut,
    async *chunks(signal) {
      consumed = 0;
      truncation = null;
      remarks = [];
      leftOut = null;
      const handle = await openHandle(path);
      const readRange = (start: number, end: number): Chunks =>
        readChunks(handle, { start, end, signal }, (length) => (consumed += length));
      try {
        const { head, chunks } = await peek(readRange(0, Infinity), ZIP_MAGIC.length);
        const isZip = ZIP_MAGIC.every((byte, i) => head[i] === byte);
        if (isZip) {
          await chunks.return();
          consumed = 0;
        }
        const packed = isZip ? unzipChunks(handle, sizeBytes, readRange, notes) : chunks;
        yield* unpack(packed, () => consumed, notes);
      } catch (error) {
        throw isSystemError(error) ? new FileError(path, error) : error;
      } finally {
        await handle.close();
      }
    },
  };
}

/** The bytes of a file from `start` on, as they lie there. Throws a `FileError` if it cannot be read. */
export async function openRange(path: string, start: number): Promise<ByteSource> {
  const sizeBytes = (await sizeOf(path)) - start;
  let consumed = 0;
  return {
    name: path,
    sizeBytes,
    consumedBytes: () => consumed,
    truncation: () => null,
    async *chunks(signal) {
      consumed = 0;
      const handle = await openHandle(path);
      try {
        yield* readChunks(handle, { start, end: Infinity, signal }, (length) => {
          consumed += length;
        });
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

interface Range {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
}

/** Reads the next chunk while the one before is in use. */
async function* readChunks(
  handle: FileHandle,
  { start, end, signal }: Range,
  onRead: (length: number) => void,
): Chunks {
  let current = new Uint8Array(CHUNK_BYTES);
  let spare = new Uint8Array(CHUNK_BYTES);
  let at = start;
  const readNext = (): Promise<{ bytesRead: number }> =>
    handle.read(current, 0, Math.min(CHUNK_BYTES, end - at), at);
  let pending = readNext();
  try {
    for (;;) {
      const { bytesRead } = await pending;
      signal.throwIfAborted();
      if (bytesRead === 0) {
        return;
      }
      onRead(bytesRead);
      at += bytesRead;
      const chunk = current.subarray(0, bytesRead);
      [current, spare] = [spare, current];
      pending = readNext();
      yield chunk;
    }
  } finally {
    // The file must not be closed under a read.
    await pending.catch(() => undefined);
  }
}
