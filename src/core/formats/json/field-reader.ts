import type { StringTable } from '../../../base/string-table.ts';
import { BACKSLASH, QUOTE } from './bytes.ts';
import { parseJson } from './loose-values.ts';
import { REPAIRS, type ObjectScanner } from './object-scanner.ts';
import { unescapeInto } from './unescape.ts';
import { isUtf8 } from './utf8.ts';

/** A longer name is cut: the whole of it is in the file still, where the span's byte offset says. */
export const MAX_NAME_BYTES = 65_536;

/** All names of a trace together; what comes after is called `MORE_NAMES`. */
export const MAX_TABLE_BYTES = 256 << 20;

const MORE_NAMES = '(the names of this trace are too many to keep)';

const ELLIPSIS = new TextEncoder().encode('…');

/** Reads single fields of the event that a scanner stands on. What had to be repaired is in `repairs`. */
export class FieldReader {
  /** Bits of `REPAIRS`. */
  repairs = 0;
  /** By code: of the table that its rows are remembered for. */
  readonly #tables: (StringTable | undefined)[] = [];
  #scratch = new Uint8Array(1_024);

  constructor(private readonly scanner: ObjectScanner) {}

  has(code: number): boolean {
    return this.scanner.starts[code] !== 0;
  }

  /** Row of the string, or of the text of any other value; 0 if the field is missing or null. */
  string(code: number, table: StringTable): number {
    const { bytes, starts, ends } = this.scanner;
    const start = starts[code];
    if (start === 0) {
      return 0;
    }
    const known = this.scanner.rows[code];
    if (known !== 0 && this.#tables[code] === table) {
      return known;
    }
    const isQuoted = bytes[start] === QUOTE;
    if (!isQuoted && this.#isNull(code)) {
      return 0;
    }
    const quote = isQuoted ? 1 : 0;
    const row = this.#intern(start + quote, ends[code] - quote, table);
    this.#tables[code] ??= table;
    if (!this.scanner.hasEscapes && this.#tables[code] === table) {
      this.scanner.remember?.(code, row);
    }
    return row;
  }

  /** NaN if the field is missing or no number. */
  number(code: number): number {
    return this.scanner.number(code);
  }

  /** A number for a column of 32 bits, in which 0 is none: larger ones are folded, equal ones stay equal. */
  id(code: number): number {
    if (this.scanner.starts[code] === 0) {
      return 0;
    }
    const value = this.number(code);
    if (!(value > 0) || value === Infinity) {
      return 0;
    }
    if (value <= 0xffffffff) {
      return value;
    }
    // Of more than 2^53 a double has only the first digits.
    const exact = value > Number.MAX_SAFE_INTEGER ? this.integer(code) : null;
    return Number(exact === null ? value % 0xffffffff : exact % 0xffffffffn) + 1;
  }

  /** Exactly, however large; null if the field is missing or no whole number. */
  integer(code: number): bigint | null {
    const { bytes, starts, ends } = this.scanner;
    const text = String.fromCharCode(
      ...bytes.subarray(starts[code], Math.min(ends[code], starts[code] + 40)),
    );
    const digits = /^"?(-?\d+)/.exec(text)?.[1];
    return starts[code] === 0 || digits === undefined ? null : BigInt(digits);
  }

  /** The value of a small field; undefined if it is missing, larger, or no JSON. */
  json(code: number): unknown {
    const { bytes, starts, ends } = this.scanner;
    const start = starts[code];
    if (start === 0 || ends[code] - start > MAX_NAME_BYTES) {
      return undefined;
    }
    return parseJson(bytes.subarray(start, ends[code]));
  }

  /** Row of the text of a number or string, without its quotes: as exact as the file has it. */
  digits(code: number, table: StringTable): number {
    const { bytes, starts, ends } = this.scanner;
    const start = starts[code];
    const quote = bytes[start] === QUOTE ? 1 : 0;
    return start === 0 ? 0 : this.#intern(start + quote, ends[code] - quote, table);
  }

  /** Decoded; empty if the field is missing. */
  text(code: number): string {
    const { bytes, starts, ends } = this.scanner;
    const start = starts[code];
    const end = Math.min(ends[code] - 1, start + MAX_NAME_BYTES);
    if (start === 0 || bytes[start] !== QUOTE) {
      return '';
    }
    return new TextDecoder().decode(this.#unescape(start + 1, end));
  }

  #intern(start: number, end: number, table: StringTable): number {
    const { bytes } = this.scanner;
    if (end - start > MAX_NAME_BYTES) {
      return this.#internCut(start, table);
    }
    if (table.byteLength > MAX_TABLE_BYTES) {
      this.repairs |= REPAIRS.longName;
      return table.internText(MORE_NAMES);
    }
    const before = table.length;
    if (this.scanner.hasEscapes && hasEscape(bytes, start, end)) {
      const text = this.#unescape(start, end);
      return this.#check(table.intern(text, 0, text.length), before, bytes.subarray(start, end));
    }
    const row = table.intern(bytes, start, end);
    return row < before ? row : this.#check(row, before, bytes.subarray(start, end));
  }

  #check(row: number, before: number, text: Uint8Array): number {
    if (row >= before && !isUtf8(text, 0, text.length)) {
      this.repairs |= REPAIRS.utf8;
    }
    return row;
  }

  #internCut(start: number, table: StringTable): number {
    this.repairs |= REPAIRS.longName;
    const { bytes } = this.scanner;
    let end = start + MAX_NAME_BYTES - ELLIPSIS.length;
    while ((bytes[end] & 0xc0) === 0x80 && end > start) {
      end--;
    }
    const text = this.#unescape(start, end);
    const cut = new Uint8Array(text.length + ELLIPSIS.length);
    cut.set(text);
    cut.set(ELLIPSIS, text.length);
    return table.intern(cut, 0, cut.length);
  }

  #unescape(start: number, end: number): Uint8Array {
    if (this.#scratch.length < end - start) {
      this.#scratch = new Uint8Array(2 * (end - start));
    }
    const length = unescapeInto(this.#scratch, this.scanner.bytes, start, end);
    return this.#scratch.subarray(0, length);
  }

  #isNull(code: number): boolean {
    const { bytes, starts } = this.scanner;
    return bytes[starts[code]] === 0x6e && bytes[starts[code] + 1] === 0x75;
  }
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  const at = bytes.subarray(start, end).indexOf(BACKSLASH);
  return at >= 0;
}
