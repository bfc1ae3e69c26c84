import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  IS_BLANK,
  IS_ESCAPED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SEPARATORS,
  STOPS_CONTAINER,
  STOPS_SCALAR,
  STOPS_STRING,
  isDigit,
} from './bytes.ts';
import type { KeySet } from './key-set.ts';
import { isJsonWord } from './json-word.ts';
import { readDecimal, readNumber, type DecimalParts } from './numbers.ts';

/** The bytes end before the value does. */
export const NEEDS_MORE = -1;

/** This is no object, whatever follows. */
export const MALFORMED = -2;

/** What was wrong with a value and still could be read; one bit each. */
export const REPAIRS = {
  control: 1,
  escape: 2,
  word: 4,
  separator: 8,
  duplicate: 16,
  utf8: 32,
  number: 64,
  duration: 128,
  longName: 256,
} as const;

/** The keys to look for in an object, and in the object that is the value of one of its keys. */
export interface ObjectLayout {
  readonly keys: KeySet;
  readonly nestedKeys: KeySet;
  /** Code of the key whose object is entered. */
  readonly nestingCode: number;
  /** Codes whose values are strings of tables. */
  readonly textCodes: readonly number[];
  /** Codes whose values are numbers. */
  readonly numberCodes: readonly number[];
  /** Codes are below. */
  readonly codeCount: number;
}

/**
 * Finds where in an object the values of some keys are, in one pass over its bytes, without
 * recursion. A range includes the quotes of a string. The last of equal keys wins, as in `JSON.parse`.
 */
export class ObjectScanner {
  bytes = new Uint8Array(1);
  /** A zero is there. */
  end = 0;
  /** By code: where the value starts; 0 is none, as the object itself starts before its first value. */
  starts: Int32Array<ArrayBuffer>;
  ends: Int32Array<ArrayBuffer>;
  /** By code: the row of its string, where it is one that was remembered; 0 is none. */
  rows: Uint32Array<ArrayBuffer>;
  /** Bits of `REPAIRS` for the object just scanned. */
  repairs = 0;
  /** Whether any string of the object has a backslash. */
  hasEscapes = false;
  /** Whether the object has no member at all. */
  isEmpty = true;
  /**
   * From now on the string of this code, which has no escapes, has this row. Null where looking it up
   * in its table takes no longer.
   */
  readonly remember: ((code: number, row: number) => void) | null = null;
  readonly #layout: ObjectLayout;
  #code = 0;

  constructor(layout: ObjectLayout) {
    this.#layout = layout;
    this.starts = new Int32Array(layout.codeCount);
    this.ends = new Int32Array(layout.codeCount);
    this.rows = new Uint32Array(layout.codeCount);
  }

  /** Goes on with these bytes, of which the first are what they were. */
  attach(bytes: Uint8Array<ArrayBuffer>, end: number): void {
    this.bytes = bytes;
    this.end = end;
  }

  /** The number of this code in exact parts; false if it has none. */
  decimal(code: number, out: DecimalParts): boolean {
    const start = this.starts[code];
    return start !== 0 && readDecimal(this.bytes, start, this.ends[code], out);
  }

  /** The number of this code; NaN if it has none. */
  number(code: number): number {
    const start = this.starts[code];
    return start === 0 ? NaN : readNumber(this.bytes, start, this.ends[code]);
  }

  /** From the opening brace to behind the closing one; or `NEEDS_MORE` or `MALFORMED`. */
  scan(start: number): number {
    const layout = this.#layout;
    this.starts.fill(0);
    this.repairs = 0;
    this.hasEscapes = false;
    this.isEmpty = true;
    let keys = layout.keys;
    let isFirst = true;
    let p = start + 1;
    for (;;) {
      p = this.#skipSeparators(p, isFirst);
      if (p < 0) {
        return p;
      }
      if (this.bytes[p] === CLOSE_BRACE) {
        p++;
        if (keys === layout.keys) {
          return p;
        }
        this.ends[layout.nestingCode] = p;
        keys = layout.keys;
        isFirst = false;
        continue;
      }
      this.isEmpty = false;
      isFirst = false;
      p = this.#scanKey(p, keys);
      if (p < 0) {
        return p;
      }
      const code = this.#code;
      if (code === layout.nestingCode && this.bytes[p] === OPEN_BRACE && keys === layout.keys) {
        this.#open(code, p++);
        keys = layout.nestedKeys;
        isFirst = true;
        continue;
      }
      p = this.#scanMember(code, p);
      if (p < 0) {
        return p;
      }
    }
  }

  /** From the first byte of any value to behind its last. */
  skipValue(p: number): number {
    const byte = this.bytes[p];
    if (byte === QUOTE) {
      return this.skipString(p + 1);
    }
    return byte === OPEN_BRACE || byte === OPEN_BRACKET
      ? this.skipContainer(p)
      : this.#skipScalar(p);
  }

  /** From behind the opening quote to behind the closing one. */
  skipString(start: number): number {
    const bytes = this.bytes;
    let p = start;
    for (;;) {
      while (STOPS_STRING[bytes[p]] === 0) {
        p++;
      }
      const byte = bytes[p];
      if (byte === QUOTE) {
        return p + 1;
      }
      if (p >= this.end) {
        return NEEDS_MORE;
      }
      if (byte === BACKSLASH) {
        p = this.#skipEscape(p);
      } else {
        this.repairs |= REPAIRS.control;
        p++;
      }
      if (p > this.end) {
        return NEEDS_MORE;
      }
    }
  }

  /** From the opening bracket or brace to behind the one that closes it, whatever is between. */
  skipContainer(start: number): number {
    const bytes = this.bytes;
    let depth = 0;
    let p = start;
    for (;;) {
      while (STOPS_CONTAINER[bytes[p]] === 0) {
        p++;
      }
      const byte = bytes[p];
      if (byte === QUOTE) {
        p = this.skipString(p + 1);
        if (p < 0) {
          return p;
        }
        continue;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (--depth === 0) {
          return p + 1;
        }
      } else if (p >= this.end) {
        return NEEDS_MORE;
      } else {
        this.repairs |= REPAIRS.word;
      }
      p++;
    }
  }

  /** From behind a key to the first byte of its value. */
  skipColon(start: number): number {
    const bytes = this.bytes;
    let p = start;
    while (IS_BLANK[bytes[p]] === 1) {
      p++;
    }
    if (bytes[p] !== COLON) {
      return p >= this.end ? NEEDS_MORE : MALFORMED;
    }
    p++;
    while (IS_BLANK[bytes[p]] === 1) {
      p++;
    }
    return p >= this.end ? NEEDS_MORE : p;
  }

  /** From the quote of a key to the first byte of its value; leaves its code in `#code`. */
  #scanKey(quote: number, keys: KeySet): number {
    const end = this.skipString(quote + 1);
    if (end < 0) {
      return end;
    }
    this.#code = keys.find(this.bytes, quote + 1, end - 1);
    return this.skipColon(end);
  }

  #scanMember(code: number, start: number): number {
    const end = this.skipValue(start);
    if (code !== 0 && end >= 0) {
      this.#open(code, start);
      this.ends[code] = end;
    }
    return end;
  }

  #open(code: number, valueStart: number): void {
    if (this.starts[code] !== 0) {
      this.repairs |= REPAIRS.duplicate;
    }
    this.starts[code] = valueStart;
  }

  /** To the quote of the next key or to the closing brace. */
  #skipSeparators(start: number, isFirst: boolean): number {
    const bytes = this.bytes;
    let commas = 0;
    let p = start;
    for (let kind = SEPARATORS[bytes[p]]; kind !== 0; kind = SEPARATORS[bytes[++p]]) {
      commas += kind >> 1;
    }
    const byte = bytes[p];
    if (byte !== QUOTE && byte !== CLOSE_BRACE) {
      return p >= this.end ? NEEDS_MORE : MALFORMED;
    }
    if (commas !== (isFirst || byte === CLOSE_BRACE ? 0 : 1)) {
      this.repairs |= REPAIRS.separator;
    }
    return p;
  }

  #skipEscape(p: number): number {
    this.hasEscapes = true;
    const escaped = this.bytes[p + 1];
    if (IS_ESCAPED[escaped] === 0) {
      this.repairs |= REPAIRS.escape;
      // A control character is looked at again by itself.
      return escaped < 0x20 ? p + 1 : p + 2;
    }
    return p + 2;
  }

  #skipScalar(start: number): number {
    const bytes = this.bytes;
    let p = start;
    while (STOPS_SCALAR[bytes[p]] === 0) {
      p++;
    }
    if (p >= this.end) {
      return NEEDS_MORE;
    }
    if (p === start && bytes[p] < 0x20) {
      return MALFORMED;
    }
    if (!isDigit(bytes[start]) && !isJsonWord(bytes, start, p)) {
      this.repairs |= REPAIRS.word;
    }
    return p;
  }
}
