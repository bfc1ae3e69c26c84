import { CLOSE_BRACE, COMMA, IS_BLANK, OPEN_BRACE, QUOTE } from '../json/bytes.ts';

/**
 * Where, among these bytes, an event begins behind another, as far as its neighbors tell; -1 if
 * nowhere. What looks like it within a string cannot be told from it.
 */
export function findEventBorder(bytes: Uint8Array): number {
  for (let close = 0; close >= 0; close = bytes.indexOf(CLOSE_BRACE, close + 1)) {
    const comma = skipBlanks(bytes, close + 1);
    const open = bytes[comma] === COMMA ? skipBlanks(bytes, comma + 1) : -1;
    if (open >= 0 && bytes[open] === OPEN_BRACE && bytes[skipBlanks(bytes, open + 1)] === QUOTE) {
      return open;
    }
  }
  return -1;
}

function skipBlanks(bytes: Uint8Array, start: number): number {
  let p = start;
  while (p < bytes.length && IS_BLANK[bytes[p]] === 1) {
    p++;
  }
  return p;
}
