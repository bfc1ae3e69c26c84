import { MINUS, isDigit } from './bytes.ts';

const WORDS = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word));

/** Whether a bare value is one that JSON has: it starts like a number, or is one of three words. */
export function isJsonWord(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (isDigit(first)) {
    return true;
  }
  if (first === MINUS) {
    return isDigit(bytes[start + 1]);
  }
  return WORDS.some(
    (word) => word.length === end - start && word.every((byte, i) => byte === bytes[start + i]),
  );
}
