import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
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
    notes.onLeftOut(describeOthers(entries, entry));
  }
  const start = await dataOffset(handle, entry);
  const packed = readRange(start, start + entry.packedBytes);
  const ending = { isWhole: true };
  const onTruncated = (reason: string): void => {
    ending.isWhole = false;
    notes.onTruncated(reason);
  };
  const content =
    entry.method === DEFLATED
      ? inflateChunks(packed, 'zip', onTruncated)
      : stored(packed, start + entry.packedBytes > sizeBytes, onTruncated);
  let checksum = 0;
  for await (const chunk of content) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (ending.isWhole && entry.checksum !== null && entry.checksum !== checksum) {
    notes.onTruncated(
      'the zip file is damaged: what it unpacks to does not agree with its checksum',
    );
  }
}

async function* stored(
  content: Chunks,
  isCut: boolean,
  onTruncated: (reason: string) => void,
): Chunks {
  yield* content;
  if (isCut) {
    onTruncated('the zip file is cut: it ends before its content does');
  }
}

const MAX_NAMES = 5;

function describeOthers(entries: readonly ZipEntry[], largest: ZipEntry): string {
  const others = entries.filter((entry) => entry !== largest).map(({ name }) => name.slice(0, 100));
  const names = others.slice(0, MAX_NAMES).join(', ');
  const more = others.length > MAX_NAMES ? ` and ${others.length - MAX_NAMES} more` : '';
  return `The zip archive holds ${entries.length} files, of which only the largest, ${largest.name}, is read. Left out: ${names}${more}. Where they are ranks of the run, unpack the archive and analyze its folder.`;
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
