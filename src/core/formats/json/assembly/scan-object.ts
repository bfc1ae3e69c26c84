/**
 * `ObjectScanner.scan` as WebAssembly: sixteen bytes at a time. It gives what the TypeScript gives for
 * any bytes. The text ends with a zero, and sixteen bytes behind it can be read.
 */

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACE: u8 = 0x7b;
const OPEN_BRACKET: u8 = 0x5b;
const BACKSLASH: u8 = 0x5c;
const CLOSE_BRACE: u8 = 0x7d;

const NEEDS_MORE: i32 = -1;
const MALFORMED: i32 = -2;

const CONTROL: i32 = 1;
const ESCAPE: i32 = 2;
const WORD: i32 = 4;
const SEPARATOR: i32 = 8;
const DUPLICATE: i32 = 16;

/** Where things are in the memory; `../scan-memory.ts` says the same. */
const SLOTS: i32 = 512;
const STARTS: usize = 0;
const ENDS: usize = 256;
const ROWS: usize = 512;
const LAYOUT: usize = 640;
const SETS: usize = 768;
/** Of a set: code, length and place of the text of each slot. */
const CODES: usize = 0;
const LENGTHS: usize = SLOTS;
const TEXTS: usize = 2 * SLOTS;
const SET_BYTES: usize = 4 * SLOTS;
/** Of each code: the number before the point, and thousandths; see `NO_NUMBER` and `DECIMALS`. */
const WHOLES: usize = 7424;
const MILLIS: usize = 7680;
/** Of a value that is no number, or not a plain one. */
const NO_NUMBER: i32 = -1;
/** Added to the thousandths of a number that has decimals. */
const DECIMALS: i32 = 1024;
const MAX_DIGITS: i32 = 16;
const MAX_EXACT: u64 = 9_000_000_000_000_000;
/** Strings seen before. Of each: row, code and length, and its bytes from the 16th on. */
const KNOWN: usize = 8192;
const KNOWN_BYTES: usize = 128;
const KNOWN_COUNT: i32 = 4096;
const KNOWN_TEXT: usize = 16;
const MAX_KNOWN_LENGTH: i32 = 112;
const ORIGIN: i32 = 532_480;

let textEnd: i32 = 0;
let repairs: i32 = 0;
let hasEscapes: i32 = 0;
let isEmpty: i32 = 0;
let nestingCode: i32 = 0;
let codeCount: i32 = 0;
let firstFactor: i32 = 1;
let lastFactor: i32 = 1;
let nestedFirstFactor: i32 = 1;
let nestedLastFactor: i32 = 1;
let foundCode: i32 = 0;
/** Bit of each code whose values are strings of a table. */
let textCodes: i32 = 0;
/** Bit of each code whose values are numbers. */
let numberCodes: i32 = 0;

/** Takes over what is described at `LAYOUT`. */
export function configure(): void {
  nestingCode = load<i32>(LAYOUT);
  codeCount = load<i32>(LAYOUT + 4);
  textCodes = load<i32>(LAYOUT + 8);
  firstFactor = load<i32>(LAYOUT + 12);
  lastFactor = load<i32>(LAYOUT + 16);
  nestedFirstFactor = load<i32>(LAYOUT + 20);
  nestedLastFactor = load<i32>(LAYOUT + 24);
  numberCodes = load<i32>(LAYOUT + 28);
}

export function getRepairs(): i32 {
  return repairs;
}

/** Bit 0: there are escapes; bit 1: there is no member. */
export function getTraits(): i32 {
  return hasEscapes | (isEmpty << 1);
}

/** The value of this code, in the object just scanned, is a string of this row. */
export function remember(code: i32, row: i32): void {
  let start = ORIGIN + load<i32>(STARTS + 4 * code);
  let end = ORIGIN + load<i32>(ENDS + 4 * code);
  if (load<u8>(start) == QUOTE) {
    start++;
    end--;
  }
  const length = end - start;
  if (length <= MAX_KNOWN_LENGTH) {
    const at = knownPlace(code, start, length);
    store<i32>(at, row);
    store<i32>(at + 4, code);
    store<i32>(at + 8, length);
    memory.copy(at + KNOWN_TEXT, start, length);
  }
}

/** Positions are those of the text, which begins at `ORIGIN`. */
export function scan(start: i32, end: i32): i32 {
  const after = scanObject(ORIGIN + start, ORIGIN + end);
  return after < 0 ? after : after - ORIGIN;
}

function scanObject(start: i32, end: i32): i32 {
  textEnd = end;
  repairs = 0;
  hasEscapes = 0;
  isEmpty = 1;
  memory.fill(STARTS, 0, 4 * codeCount);
  memory.fill(ROWS, 0, 4 * codeCount);
  let isNested = false;
  let isFirst = true;
  let p = start + 1;
  while (true) {
    p = skipSeparators(p, isFirst);
    if (p < 0) {
      return p;
    }
    if (load<u8>(p) == CLOSE_BRACE) {
      p++;
      if (!isNested) {
        return p;
      }
      store<i32>(ENDS + 4 * nestingCode, p - ORIGIN);
      isNested = false;
      isFirst = false;
      continue;
    }
    isEmpty = 0;
    isFirst = false;
    p = scanKey(p, isNested);
    if (p < 0) {
      return p;
    }
    const code = foundCode;
    if (code == nestingCode && !isNested && load<u8>(p) == OPEN_BRACE) {
      open(code, p++);
      isNested = true;
      isFirst = true;
      continue;
    }
    const valueStart = p;
    p = skipValue(p);
    if (p < 0) {
      return p;
    }
    if (code != 0) {
      open(code, valueStart);
      store<i32>(ENDS + 4 * code, p - ORIGIN);
      if ((textCodes >> code) & 1) {
        store<i32>(ROWS + 4 * code, rowOf(code, valueStart, p));
      } else if ((numberCodes >> code) & 1) {
        readNumber(code, valueStart, p);
      }
    }
  }
}

function open(code: i32, valueStart: i32): void {
  const at: usize = STARTS + 4 * code;
  if (load<i32>(at) != 0) {
    repairs |= DUPLICATE;
  }
  store<i32>(at, valueStart - ORIGIN);
}

/** Of a string seen before; 0 of any other value. */
function rowOf(code: i32, valueStart: i32, valueEnd: i32): i32 {
  const first = load<u8>(valueStart);
  const isQuoted = first == QUOTE;
  const start = isQuoted ? valueStart + 1 : valueStart;
  const length = isQuoted ? valueEnd - 1 - start : valueEnd - start;
  // No string of a table is like a bare null.
  if (length > MAX_KNOWN_LENGTH || length == 0 || first == 0x6e) {
    return 0;
  }
  const at = knownPlace(code, start, length);
  if (load<i32>(at + 8) != length || load<i32>(at + 4) != code) {
    return 0;
  }
  for (let i = 0; i < length; i += 16) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(start + i), v128.load(at + KNOWN_TEXT + i)));
    const rest = length - i;
    const wanted = rest >= 16 ? 0xffff : (1 << rest) - 1;
    if ((equal & wanted) != wanted) {
      return 0;
    }
  }
  return load<i32>(at);
}

/** Digits, or digits with decimals, of no more than a double holds exactly. */
function readNumber(code: i32, start: i32, end: i32): void {
  let whole: u64 = 0;
  let p = start;
  while (p < end && isDigit(load<u8>(p))) {
    whole = whole * 10 + (load<u8>(p) - 0x30);
    p++;
  }
  let milli = 0;
  const hasDecimals = p < end && load<u8>(p) == 0x2e;
  const digits = p - start;
  if (hasDecimals) {
    const first = p + 1;
    for (let i = 0; i < 3; i++) {
      const at = first + i;
      milli = milli * 10 + (at < end ? <i32>load<u8>(at) - 0x30 : 0);
    }
    if (first + 3 < end && load<u8>(first + 3) >= 0x35) {
      milli++;
    }
    p = first;
    while (p < end && isDigit(load<u8>(p))) {
      p++;
    }
  }
  const isPlain = p == end && digits > 0 && digits <= MAX_DIGITS && whole <= MAX_EXACT;
  store<f64>(WHOLES + 8 * code, <f64>whole);
  store<i32>(MILLIS + 4 * code, isPlain ? milli + (hasDecimals ? DECIMALS : 0) : NO_NUMBER);
}

function knownPlace(code: i32, start: i32, length: i32): usize {
  let hash: u64 = ((<u64>length) << 8) | code;
  let i = 0;
  for (; i + 8 <= length; i += 8) {
    hash = (hash ^ load<u64>(start + i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  if (i < length) {
    const unused = 8 * <u64>(8 - (length - i));
    hash = (hash ^ (load<u64>(start + i) << unused)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return KNOWN + KNOWN_BYTES * <usize>((hash ^ (hash >> 16)) & (KNOWN_COUNT - 1));
}

function skipSeparators(start: i32, isFirst: boolean): i32 {
  let commas = 0;
  let p = start;
  let byte = load<u8>(p);
  while (true) {
    if (byte == COMMA) {
      commas++;
    } else if (!isBlank(byte)) {
      break;
    }
    byte = load<u8>(++p);
  }
  if (byte != QUOTE && byte != CLOSE_BRACE) {
    return p >= textEnd ? NEEDS_MORE : MALFORMED;
  }
  const expected = isFirst || byte == CLOSE_BRACE ? 0 : 1;
  if (commas != expected) {
    repairs |= SEPARATOR;
  }
  return p;
}

function scanKey(quote: i32, isNested: boolean): i32 {
  const end = skipString(quote + 1);
  if (end < 0) {
    return end;
  }
  foundCode = findKey(quote + 1, end - 1, isNested);
  let p = end;
  while (isBlank(load<u8>(p))) {
    p++;
  }
  if (load<u8>(p) != COLON) {
    return p >= textEnd ? NEEDS_MORE : MALFORMED;
  }
  p++;
  while (isBlank(load<u8>(p))) {
    p++;
  }
  return p >= textEnd ? NEEDS_MORE : p;
}

function findKey(start: i32, end: i32, isNested: boolean): i32 {
  const length = end - start;
  if (length == 0) {
    return 0;
  }
  const set: usize = SETS + (isNested ? SET_BYTES : 0);
  const first = isNested ? nestedFirstFactor : firstFactor;
  const last = isNested ? nestedLastFactor : lastFactor;
  const outer = <i32>load<u8>(start) * first + <i32>load<u8>(end - 1) * last;
  const inner = 5 * <i32>load<u8>(start + (length >> 1)) + 9 * <i32>load<u8>(start + (length >> 2));
  const slot: usize = (outer + inner + 31 * length) & (SLOTS - 1);
  const code = <i32>load<u8>(set + CODES + slot);
  if (code == 0 || <i32>load<u8>(set + LENGTHS + slot) != length) {
    return 0;
  }
  const text = <i32>load<u16>(set + TEXTS + 2 * slot);
  for (let i = 0; i < length; i++) {
    if (load<u8>(text + i) != load<u8>(start + i)) {
      return 0;
    }
  }
  return code;
}

function skipValue(p: i32): i32 {
  const byte = load<u8>(p);
  if (byte == QUOTE) {
    return skipString(p + 1);
  }
  return byte == OPEN_BRACE || byte == OPEN_BRACKET ? skipContainer(p) : skipScalar(p);
}

function skipString(start: i32): i32 {
  let p = start;
  while (true) {
    const bytes = v128.load(p);
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
        i8x16.lt_u(bytes, i8x16.splat(0x20)),
      ),
    );
    if (stops == 0) {
      p += 16;
      continue;
    }
    p += ctz(stops);
    const byte = load<u8>(p);
    if (byte == QUOTE) {
      return p + 1;
    }
    if (p >= textEnd) {
      return NEEDS_MORE;
    }
    if (byte == BACKSLASH) {
      p = skipEscape(p);
    } else {
      repairs |= CONTROL;
      p++;
    }
    if (p > textEnd) {
      return NEEDS_MORE;
    }
  }
}

function skipEscape(p: i32): i32 {
  hasEscapes = 1;
  const escaped = load<u8>(p + 1);
  switch (escaped) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
    case 0x75:
      return p + 2;
  }
  repairs |= ESCAPE;
  return escaped < 0x20 ? p + 1 : p + 2;
}

function skipContainer(start: i32): i32 {
  let depth = 0;
  let p = start;
  while (true) {
    const bytes = v128.load(p);
    // Brackets and braces differ in one bit.
    const folded = v128.or(bytes, i8x16.splat(0x20));
    const marks = v128.or(
      v128.or(
        i8x16.eq(folded, i8x16.splat(OPEN_BRACE)),
        i8x16.eq(folded, i8x16.splat(CLOSE_BRACE)),
      ),
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(0))),
    );
    const words = v128.or(i8x16.eq(bytes, i8x16.splat(0x49)), i8x16.eq(bytes, i8x16.splat(0x4e)));
    let stops = i8x16.bitmask(v128.or(marks, words));
    const block = p;
    p += 16;
    while (stops != 0) {
      const at = block + ctz(stops);
      stops &= stops - 1;
      const byte = load<u8>(at);
      if (byte == QUOTE) {
        p = skipString(at + 1);
        if (p < 0) {
          return p;
        }
        break;
      }
      const kind = byte | 0x20;
      if (kind == OPEN_BRACE) {
        depth++;
      } else if (kind == CLOSE_BRACE) {
        if (--depth == 0) {
          return at + 1;
        }
      } else if (at >= textEnd) {
        return NEEDS_MORE;
      } else {
        repairs |= WORD;
      }
    }
  }
  return NEEDS_MORE;
}

function skipScalar(start: i32): i32 {
  let p = start;
  while (!endsScalar(load<u8>(p))) {
    p++;
  }
  if (p >= textEnd) {
    return NEEDS_MORE;
  }
  if (p == start && load<u8>(p) < 0x20) {
    return MALFORMED;
  }
  if (!isDigit(load<u8>(start)) && !isJsonWord(start, p)) {
    repairs |= WORD;
  }
  return p;
}

function endsScalar(byte: u8): boolean {
  const kind = byte | 0x20;
  return (
    byte <= 0x20 ||
    byte == COMMA ||
    byte == QUOTE ||
    byte == COLON ||
    kind == OPEN_BRACE ||
    kind == CLOSE_BRACE
  );
}

function isJsonWord(start: i32, end: i32): boolean {
  const first = load<u8>(start);
  if (first == 0x2d) {
    return isDigit(load<u8>(start + 1));
  }
  const length = end - start;
  const four = load<u32>(start);
  // 'true', 'null', and 'fals' with 'e'.
  if (length == 4) {
    return four == 0x65757274 || four == 0x6c6c756e;
  }
  return length == 5 && four == 0x736c6166 && load<u8>(start + 4) == 0x65;
}

function isBlank(byte: u8): boolean {
  return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isDigit(byte: u8): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
