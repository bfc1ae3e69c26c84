import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../write-atomically.ts';
import { packPlain, unpackPlain } from './plain-data.ts';

/** Ends every file: the length of its directory in bytes, the checksum of that, and what file it is. */
const FOOTER_BYTES = 24;
const MAGIC = 0x54534331;

/** As much as the system reads in one go. */
const MAX_READ_BYTES = 1 << 30;

interface Section {
  readonly start: number;
  readonly length: number;
  readonly checksum: number;
}

/** The bytes are not those that were written: cut, or changed. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/** The file would be larger than it may be. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * Writes plain values one after the other, as a whole or not at all. Throws a `WriteError`, and {@link TooLarge}
 * where it would have more bytes than this.
 */
export async function writeSections(
  path: string,
  values: Iterable<unknown>,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  await writeAtomically(path, piecesOf(values, maxBytes), signal);
}

function* piecesOf(values: Iterable<unknown>, maxBytes: number): Generator<Uint8Array, void> {
  const directory: Section[] = [];
  let start = 0;
  for (const value of values) {
    const { length, checksum } = yield* sectionOf(value, maxBytes - start);
    directory.push({ start, length, checksum });
    start += length;
  }
  const { length, checksum } = yield* sectionOf(directory, maxBytes - start);
  const footer = new DataView(new ArrayBuffer(FOOTER_BYTES));
  [length, checksum, MAGIC].forEach((value, i) => footer.setFloat64(8 * i, value, true));
  yield new Uint8Array(footer.buffer);
}

function* sectionOf(value: unknown, room: number): Generator<Uint8Array, Omit<Section, 'start'>> {
  let length = 0;
  let checksum = 0;
  for (const piece of packPlain(value)) {
    // Of no bytes, Node takes no checksum on.
    checksum = piece.length === 0 ? checksum : crc32(piece, checksum);
    length += piece.length;
    if (length > room) {
      throw new TooLarge(`more than ${room} bytes`);
    }
    yield piece;
  }
  return { length, checksum };
}

/** A file that {@link writeSections} wrote. It stays readable when another takes its place. */
export class SectionFile {
  readonly #file: number;
  readonly #sections: readonly Section[];

  /** Throws what the system throws, and {@link DamagedFile}. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    try {
      this.#sections = this.#readDirectory();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get length(): number {
    return this.#sections.length;
  }

  /** The value, after its bytes were compared with their checksum. Throws {@link DamagedFile}. */
  read(index: number): unknown {
    const section = this.#sections[index];
    if (section === undefined) {
      throw new DamagedFile(`there is no section ${index}`);
    }
    return unpackPlain(this.#readSection(section));
  }

  close(): void {
    closeSync(this.#file);
  }

  #readDirectory(): readonly Section[] {
    const { size } = fstatSync(this.#file);
    const end = size - FOOTER_BYTES;
    if (end < 0) {
      throw new DamagedFile('the file is too short');
    }
    const footer = new DataView(this.#readBytes(end, FOOTER_BYTES));
    const length = footer.getFloat64(0, true);
    const checksum = footer.getFloat64(8, true);
    if (footer.getFloat64(16, true) !== MAGIC || !(length > 0 && length <= end)) {
      throw new DamagedFile('the file has another end');
    }
    const bytes = this.#readSection({ start: end - length, length, checksum });
    return unpackPlain(bytes) as readonly Section[];
  }

  #readSection({ start, length, checksum }: Section): ArrayBuffer {
    const bytes = this.#readBytes(start, length);
    if (crc32(new Uint8Array(bytes)) !== checksum) {
      throw new DamagedFile(`the ${length} bytes from ${start} on were changed`);
    }
    return bytes;
  }

  #readBytes(start: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const wanted = Math.min(length - done, MAX_READ_BYTES);
      const count = readSync(this.#file, bytes, done, wanted, start + done);
      if (count === 0) {
        throw new DamagedFile('the file ends too early');
      }
      done += count;
    }
    return bytes.buffer;
  }
}
