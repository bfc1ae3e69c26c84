import { CLOSE_BRACE, COMMA, OPEN_BRACE } from './bytes.ts';

/**
 * Looks for the next event where the text makes no sense. Between events any brace that opens begins
 * one; within an event only one behind a brace that closes.
 */
export class EventFinder {
  readonly #isBetweenEvents: boolean;
  #isBehindEvent = false;

  constructor(isBetweenEvents: boolean) {
    this.#isBetweenEvents = isBetweenEvents;
  }

  /** Where the event begins; -1 if it is not before `end`: go on there with more bytes. */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start; p < end; p++) {
      const byte = bytes[p];
      if (byte === OPEN_BRACE && (this.#isBehindEvent || this.#isBetweenEvents)) {
        return p;
      }
      if (byte === CLOSE_BRACE) {
        this.#isBehindEvent = true;
      } else if (byte > 0x20 && byte !== COMMA) {
        this.#isBehindEvent = false;
      }
    }
    return -1;
  }
}
