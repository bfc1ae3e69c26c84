import type { FileHandle } from 'node:fs/promises';
import type { Chunks } from './chunks.ts';
import { inflateChunks } from './inflate-chunks.ts';
import type { UnpackNotes } from './unpack.ts';
import { dataOffset, listZip, type ZipEntry } from './zip-archive.ts';

const STORED = 0;
const DEFLATED = 8;

/** Gives the bytes of the file from `start` to before `end`. */
export type ReadRange = (start: number, end: number) => Chunks;

/** The largest file of an archive, unpacked; a remark tells if it holds others. */
export async function* unzipChunks(
  handle: FileHandle,
  sizeBytes: number,
  readRange: ReadRange,
  notes: UnpackNotes,
): Chunks {
  const entries = (await listZip(handle, sizeBytes)).filter(isContent);
  const entry = entries.reduce<ZipEntry | null>(
    (largest, one) => (one.unpackedBytes > (largest?.unpackedBytes ?? -1) ? one : largest),
    null,
  );
  const refusal = entry === null ? 'the zip archive holds no file' : refusalOf(entry);
  if (entry === null || refusal !== null) {
    notes.onTruncated(refusal ?? '');
    return;
  }
  if (entries.length > 1) {
    notes.onRemark(
      `the zip archive holds ${entries.length} files: only the largest, ${entry.name}, is read. Unpack it to analyze the others`,
    );
  }
  const start = await dataOffset(handle, entry);
  const packed = readRange(start, start + entry.packedBytes);
  if (entry.method === DEFLATED) {
    yield* inflateChunks(packed, 'zip', notes.onTruncated);
    return;
  }
  yield* packed;
  if (start + entry.packedBytes > sizeBytes && Number.isFinite(entry.packedBytes)) {
    notes.onTruncated('the zip file is cut: it ends before its content does');
  }
}

/** Folders, and what a Mac adds for itself, are none. */
function isContent({ name }: ZipEntry): boolean {
  return !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.[^/]*$)/.test(name);
}

function refusalOf({ name, method, isEncrypted }: ZipEntry): string | null {
  if (isEncrypted) {
    return `the zip archive is encrypted (${name}): unpack it with its password and open what comes out`;
  }
  return method === STORED || method === DEFLATED
    ? null
    : `the zip archive is packed in a way that is not known (${name}, method ${method}): unpack it and open what comes out`;
}
