import { BACKSLASH } from './bytes.ts';

const SIMPLE_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({
    '"': '"',
    '\\': '\\',
    '/': '/',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
  }).map(([letter, meaning]) => [letter.charCodeAt(0), meaning.charCodeAt(0)]),
);

const LETTER_U = 0x75;
const REPLACEMENT = 0xfffd;

/**
 * Writes the UTF-8 bytes of a string's inside without its escapes into `out`, which must be as long.
 * An escape that JSON does not have stays as it is. Returns the number of bytes written.
 */
export function unescapeInto(
  out: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let at = 0;
  let p = start;
  while (p < end) {
    const byte = bytes[p];
    if (byte !== BACKSLASH || p + 1 >= end) {
      out[at++] = byte;
      p++;
      continue;
    }
    const letter = bytes[p + 1];
    const unit = letter === LETTER_U ? hexUnit(bytes, p + 2, end) : -1;
    if (unit >= 0) {
      const low = isHighSurrogate(unit) ? lowSurrogate(bytes, p + 6, end) : -1;
      at = encode(out, at, low < 0 ? unit : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
      p += low < 0 ? 6 : 12;
      continue;
    }
    const simple = SIMPLE_ESCAPES.get(letter);
    out[at++] = simple ?? BACKSLASH;
    p += simple === undefined ? 1 : 2;
  }
  return at;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function lowSurrogate(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== BACKSLASH || bytes[start + 1] !== LETTER_U) {
    return -1;
  }
  const unit = hexUnit(bytes, start + 2, end);
  return unit >= 0xdc00 && unit < 0xe000 ? unit : -1;
}

/** Four hexadecimal digits as a number, -1 if they are not there. */
function hexUnit(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 > end) {
    return -1;
  }
  const text = String.fromCharCode(...bytes.subarray(start, start + 4));
  return /^[0-9a-f]{4}$/i.test(text) ? parseInt(text, 16) : -1;
}

function encode(out: Uint8Array, at: number, codePoint: number): number {
  const point = codePoint >= 0xd800 && codePoint < 0xe000 ? REPLACEMENT : codePoint;
  if (point < 0x80) {
    out[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    out[at] = 0xc0 | (point >> 6);
    out[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    out[at] = 0xe0 | (point >> 12);
    out[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    out[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  out[at] = 0xf0 | (point >> 18);
  out[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  out[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  out[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}
