import type { FileHandle } from 'node:fs/promises';

/** One file of an archive. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export interface ZipEntry {
  readonly name: string;
  /** 0 is stored, 8 is deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Infinity where only the bytes themselves tell. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** CRC-32 of the content; null where it stands behind it. */
  readonly checksum: number | null;
  /** Of the entry's own header in the archive. */
  readonly headerOffset: number;
}

export const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const MAX_HEADER_BYTES = LOCAL_HEADER_BYTES + 65_535;
const CENTRAL_HEADER_BYTES = 46;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const MAX_COMMENT_BYTES = 65_535;
const LOCATOR_BYTES = 20;
const LOCATOR_SIGNATURE = 0x07064b50;
const END64_BYTES = 56;
const ZIP64_EXTRA = 1;
const TOO_LARGE = 0xffffffff;

/** An archive with a larger directory is no archive of traces. */
const MAX_DIRECTORY_BYTES = 16 << 20;

/** Looked at in an archive without a directory. */
const MAX_WALKED = 1_000;

/** The entries of an archive: where its end is cut, and with it the directory, as far as can be seen. */
export async function listZip(handle: FileHandle, sizeBytes: number): Promise<ZipEntry[]> {
  const directory = await findDirectory(handle, sizeBytes);
  const entries = directory === null ? [] : readDirectory(directory);
  return entries.length > 0 ? entries : await walkHeaders(handle, sizeBytes);
}

async function walkHeaders(handle: FileHandle, sizeBytes: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < sizeBytes && entries.length < MAX_WALKED) {
    const entry = readLocalHeader(await readAt(handle, at, MAX_HEADER_BYTES), at);
    if (entry === null) {
      break;
    }
    entries.push(entry);
    at = (await dataOffset(handle, entry)) + entry.packedBytes;
  }
  return entries;
}

/** Where the packed bytes of an entry begin. */
export async function dataOffset(handle: FileHandle, { headerOffset }: ZipEntry): Promise<number> {
  const header = await readAt(handle, headerOffset, LOCAL_HEADER_BYTES);
  const isWhole = header.byteLength === LOCAL_HEADER_BYTES;
  const lengths = isWhole ? header.getUint16(26, true) + header.getUint16(28, true) : 0;
  return headerOffset + LOCAL_HEADER_BYTES + lengths;
}

async function findDirectory(handle: FileHandle, sizeBytes: number): Promise<DataView | null> {
  const tailOffset = Math.max(0, sizeBytes - MAX_COMMENT_BYTES - END_BYTES);
  const tail = await readAt(handle, tailOffset, sizeBytes - tailOffset);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) === END_SIGNATURE) {
      const isLarge = tail.getUint32(at + 16, true) === TOO_LARGE;
      const place = isLarge
        ? await findLargeDirectory(handle, tailOffset + at)
        : { offset: tail.getUint32(at + 16, true), length: tail.getUint32(at + 12, true) };
      const isThere = place !== null && place.offset + place.length <= sizeBytes;
      return isThere && place.length <= MAX_DIRECTORY_BYTES
        ? await readAt(handle, place.offset, place.length)
        : null;
    }
  }
  return null;
}

async function findLargeDirectory(
  handle: FileHandle,
  endOffset: number,
): Promise<{ offset: number; length: number } | null> {
  const locator = await readAt(handle, Math.max(0, endOffset - LOCATOR_BYTES), LOCATOR_BYTES);
  if (locator.byteLength < LOCATOR_BYTES || locator.getUint32(0, true) !== LOCATOR_SIGNATURE) {
    return null;
  }
  const end = await readAt(handle, Number(locator.getBigUint64(8, true)), END64_BYTES);
  return end.byteLength < END64_BYTES
    ? null
    : {
        length: Number(end.getBigUint64(40, true)),
        offset: Number(end.getBigUint64(48, true)),
      };
}

function readDirectory(view: DataView): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (
    at + CENTRAL_HEADER_BYTES <= view.byteLength &&
    view.getUint32(at, true) === CENTRAL_SIGNATURE
  ) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const nameAt = at + CENTRAL_HEADER_BYTES;
    const next = nameAt + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) {
      break;
    }
    const large = new LargeValues(view, nameAt + nameLength, extraLength);
    // In this order they stand in the extra field.
    const unpackedBytes = large.take(view.getUint32(at + 24, true));
    const packedBytes = large.take(view.getUint32(at + 20, true));
    entries.push({
      name: nameOf(view, nameAt, nameLength),
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      packedBytes,
      unpackedBytes,
      checksum: view.getUint32(at + 16, true),
      headerOffset: large.take(view.getUint32(at + 42, true)),
    });
    at = next;
  }
  return entries;
}

function readLocalHeader(view: DataView, headerOffset: number): ZipEntry | null {
  if (view.byteLength < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_SIGNATURE) {
    return null;
  }
  const flags = view.getUint16(6, true);
  const packed = view.getUint32(18, true);
  const isUnknown = (flags & 8) !== 0 || packed === TOO_LARGE;
  return {
    name: nameOf(view, LOCAL_HEADER_BYTES, view.getUint16(26, true)),
    method: view.getUint16(8, true),
    isEncrypted: (flags & 1) === 1,
    packedBytes: isUnknown ? Infinity : packed,
    unpackedBytes: isUnknown ? Infinity : view.getUint32(22, true),
    checksum: isUnknown ? null : view.getUint32(14, true),
    headerOffset,
  };
}

/** Values of 64 bits in place of those that do not fit 32. */
class LargeValues {
  readonly #view: DataView;
  #at = 0;
  #end = 0;

  constructor(view: DataView, extraAt: number, extraLength: number) {
    this.#view = view;
    for (let at = extraAt; at + 4 <= extraAt + extraLength;) {
      const length = view.getUint16(at + 2, true);
      if (view.getUint16(at, true) === ZIP64_EXTRA) {
        this.#at = at + 4;
        this.#end = Math.min(at + 4 + length, extraAt + extraLength);
      }
      at += 4 + length;
    }
  }

  take(value: number): number {
    if (value !== TOO_LARGE || this.#at + 8 > this.#end) {
      return value;
    }
    this.#at += 8;
    return Number(this.#view.getBigUint64(this.#at - 8, true));
  }
}

function nameOf({ buffer, byteOffset, byteLength }: DataView, at: number, length: number): string {
  const end = Math.min(byteLength, at + length);
  return at >= end
    ? ''
    : new TextDecoder().decode(new Uint8Array(buffer, byteOffset + at, end - at));
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, offset);
  return new DataView(bytes.buffer, 0, bytesRead);
}
