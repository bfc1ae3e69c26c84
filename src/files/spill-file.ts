import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/**
 * A file without a name, for what the analysis of a large run does not need at the moment. The system
 * takes its room back with its last descriptor, however the program ends.
 */
export class SpillFile {
  readonly #file: number | null;
  #end = 0;

  /** Where the folder takes no file, nothing is stored. */
  constructor(folder: string = tmpdir()) {
    this.#file = openNameless(folder);
  }

  /** Takes plain data and typed arrays. */
  readonly store = (value: unknown): (() => unknown) | null => {
    const file = this.#file;
    const bytes = serialize(value);
    const { length } = bytes;
    const at = this.#end;
    if (file === null || !this.#write(file, bytes)) {
      return null;
    }
    return () => deserialize(readFully(file, at, length)) as unknown;
  };

  /** Whether all bytes were written; a full disk is no reason to stop, as memory may do. */
  #write(file: number, bytes: Uint8Array): boolean {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(file, bytes, done, bytes.length - done, this.#end + done);
      }
      this.#end += bytes.length;
      return true;
    } catch {
      return false;
    }
  }
}

function openNameless(folder: string): number | null {
  try {
    const own = mkdtempSync(join(folder, 'training-sleuth-'));
    try {
      return openSync(join(own, 'spill'), 'wx+', 0o600);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  } catch {
    return null;
  }
}

function readFully(file: number, at: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const count = readSync(file, bytes, done, length - done, at + done);
    if (count === 0) {
      throw new Error('The file for intermediate results is shorter than what was written to it.');
    }
    done += count;
  }
  return bytes;
}
