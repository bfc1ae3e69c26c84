import { CLOSE_BRACE, COMMA, OPEN_BRACE } from './bytes.ts';

/** Looks for the next event where the text makes no sense: a brace that opens behind one that closes. */
export class EventFinder {
  /** Whether an opening brace behind blanks and a comma begins an event. */
  #isBetweenEvents: boolean;

  constructor(isBetweenEvents: boolean) {
    this.#isBetweenEvents = isBetweenEvents;
  }

  /** Where the event begins; -1 if it is not before `end`: go on there with more bytes. */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start; p < end; p++) {
      const byte = bytes[p];
      if (byte === OPEN_BRACE && this.#isBetweenEvents) {
        return p;
      }
      if (byte === CLOSE_BRACE) {
        this.#isBetweenEvents = true;
      } else if (byte > 0x20 && byte !== COMMA) {
        this.#isBetweenEvents = false;
      }
    }
    return -1;
  }
}
