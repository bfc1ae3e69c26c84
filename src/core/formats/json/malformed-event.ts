import { CLOSE_BRACKET, COMMA, OPEN_BRACE, skipBlanks } from './bytes.ts';
import { ContainerSkipper } from './container-skipper.ts';
import { MALFORMED, NEEDS_MORE } from './object-scanner.ts';

/** As far as the end is looked for: many such events must not cost the square of their bytes. */
export const MAX_MALFORMED_BYTES = 16_384;

/** Behind the brace that closes an event that is no JSON; `MALFORMED` where its braces do not tell. */
export function endOfMalformed(bytes: Uint8Array, start: number, end: number): number {
  const limit = start + MAX_MALFORMED_BYTES;
  const close = new ContainerSkipper().skip(bytes, start, Math.min(end, limit));
  const next = close < 0 ? end : skipBlanks(bytes, close);
  if (next >= end) {
    return end < limit ? NEEDS_MORE : MALFORMED;
  }
  const byte = bytes[next];
  const isEnd = byte === COMMA || byte === CLOSE_BRACKET || (byte === OPEN_BRACE && next > close);
  return isEnd && next < limit ? close : MALFORMED;
}
