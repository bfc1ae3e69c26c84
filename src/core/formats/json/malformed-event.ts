import { CLOSE_BRACKET, COMMA, OPEN_BRACE, skipBlanks } from './bytes.ts';
import type { ObjectScanner } from './object-scanner.ts';

/** As far as the end of a malformed event is looked for by its braces. */
const MAX_MALFORMED_BYTES = 1 << 20;

/** Behind the brace that closes an event that is no JSON; -1 where its braces do not tell. */
export function endOfMalformed(scanner: ObjectScanner, start: number): number {
  const end = scanner.skipContainer(start);
  if (end < 0 || end - start > MAX_MALFORMED_BYTES) {
    return -1;
  }
  const next = skipBlanks(scanner.bytes, end);
  const byte = scanner.bytes[next];
  const isEnd = byte === COMMA || byte === CLOSE_BRACKET || (byte === OPEN_BRACE && next > end);
  return isEnd ? end : -1;
}
