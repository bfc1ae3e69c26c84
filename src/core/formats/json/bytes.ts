export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** 1 for the four blanks that JSON allows between values. */
export const IS_BLANK = classOf((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

/** 1 for a blank, 2 for a comma, 0 for all else. */
export const SEPARATORS = IS_BLANK.map((isBlank, byte) => (byte === COMMA ? 2 : isBlank));

/** 1 for every byte at which the inside of a string needs a look: quote, backslash, controls. */
export const STOPS_STRING = classOf((byte) => byte === QUOTE || byte === BACKSLASH || byte < 0x20);

/** 1 for what may follow a backslash in a string. */
export const IS_ESCAPED = classOf((byte) => '"\\/bfnrtu'.includes(String.fromCharCode(byte)));

/** 1 for every byte that ends a number or a word. */
export const STOPS_SCALAR = classOf(
  (byte) =>
    byte <= 0x20 ||
    byte === QUOTE ||
    byte === COMMA ||
    byte === COLON ||
    byte === OPEN_BRACE ||
    byte === CLOSE_BRACE ||
    byte === OPEN_BRACKET ||
    byte === CLOSE_BRACKET,
);

/** 1 for every byte that a JSON value other than an object starts with. */
export const STARTS_VALUE = classOf((byte) =>
  '"[-0123456789tfn'.includes(String.fromCharCode(byte)),
);

/** 1 for every byte that matters to who only looks for the end of an array or an object. */
export const STOPS_CONTAINER = classOf(
  (byte) =>
    byte === 0 ||
    byte === QUOTE ||
    byte === OPEN_BRACE ||
    byte === CLOSE_BRACE ||
    byte === OPEN_BRACKET ||
    byte === CLOSE_BRACKET ||
    byte === 0x49 ||
    byte === 0x4e,
);

function classOf(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0));
}

/** To the first byte that is no blank. */
export function skipBlanks(bytes: Uint8Array, start: number): number {
  let p = start;
  while (IS_BLANK[bytes[p]] === 1) {
    p++;
  }
  return p;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
