/** A run of equal hashes longer than this is an attack, not a trace: then equal strings get rows of their own. */
const MAX_PROBES = 256;

const INITIAL_SLOTS = 1_024;

/** The rows of a table as UTF-8, one behind the other; row 0 ends at 0. */
export interface PackedStrings {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Float64Array<ArrayBuffer>;
}

/** Interns strings straight from UTF-8 bytes: one row for equal bytes, decoded once, row 0 empty. */
export class StringTable {
  #slots = new Uint32Array(INITIAL_SLOTS);
  #hashes = new Int32Array(INITIAL_SLOTS);
  #starts = new Float64Array(INITIAL_SLOTS);
  #bytes = new Uint8Array(16_384);
  #byteLength = 0;
  #length = 1;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Rows so far; a row that `intern` returns is new if it is the length before. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all rows. */
  get byteLength(): number {
    return this.#byteLength;
  }

  intern(source: Uint8Array, start: number, end: number): number {
    if (end === start) {
      return 0;
    }
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const row = this.#slots[slot];
      if (row === 0) {
        return this.#add(source.subarray(start, end), hash, slot);
      }
      if (this.#hashes[row] === hash && this.#equals(row, source, start, end)) {
        return row;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(source.subarray(start, end), hash, -1);
  }

  internText(text: string): number {
    const bytes = new TextEncoder().encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  text(row: number): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#starts[row], this.#starts[row + 1]));
  }

  /** All rows as text. */
  texts(): string[] {
    const texts = new Array<string>(this.#length);
    for (let row = 0; row < this.#length; row++) {
      texts[row] = this.text(row);
    }
    return texts;
  }

  /** All rows as text, and the bytes let go. */
  take(): string[] {
    const texts = this.texts();
    this.#bytes = new Uint8Array(0);
    this.#slots = new Uint32Array(0);
    return texts;
  }

  pack(): PackedStrings {
    return {
      bytes: this.#bytes.slice(0, this.#byteLength),
      ends: this.#starts.slice(1, this.#length + 1),
    };
  }

  #equals(row: number, source: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    const from = this.#starts[row];
    if (this.#starts[row + 1] - from !== end - start) {
      return false;
    }
    for (let i = start, j = from; i < end; i++, j++) {
      if (source[i] !== own[j]) {
        return false;
      }
    }
    return true;
  }

  #add(text: Uint8Array, hash: number, slot: number): number {
    const row = this.#length++;
    if (row + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Float64Array(2 * this.#starts.length));
      this.#hashes = grown(this.#hashes, new Int32Array(2 * this.#hashes.length));
    }
    const needed = this.#byteLength + text.length;
    if (needed > this.#bytes.length) {
      const capacity = Math.max(needed, Math.ceil(1.5 * this.#bytes.length));
      this.#bytes = grown(this.#bytes, new Uint8Array(capacity));
    }
    this.#bytes.set(text, this.#byteLength);
    this.#byteLength = needed;
    this.#starts[row + 1] = needed;
    this.#hashes[row] = hash;
    if (slot >= 0) {
      this.#slots[slot] = row;
    }
    if (2 * this.#length > this.#slots.length) {
      this.#rehash();
    }
    return row;
  }

  #rehash(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let row = 1; row < this.#length; row++) {
      let slot = this.#hashes[row] & mask;
      for (let probe = 0; slots[slot] !== 0 && probe < MAX_PROBES; probe++) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] === 0) {
        slots[slot] = row;
      }
    }
    this.#slots = slots;
  }
}

/** Four bytes at a time, then mixed so that the low bits depend on all. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i], 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
