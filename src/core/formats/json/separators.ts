import { COMMA, IS_BLANK } from './bytes.ts';

/** Counts the commas between the values of an array. */
export class Separators {
  #commas = 0;
  #isFirst = true;

  /** To the next byte that is neither blank nor comma; may be called again with more bytes. */
  skip(bytes: Uint8Array, start: number, end: number): number {
    let p = start;
    while (p < end && (IS_BLANK[bytes[p]] === 1 || bytes[p] === COMMA)) {
      if (bytes[p] === COMMA) {
        this.#commas++;
      }
      p++;
    }
    return p;
  }

  /** What is wrong with the commas before a value, or before the end of the array; null if nothing is. */
  takeTrouble(before: 'value' | 'end'): string | null {
    const expected = before === 'value' && !this.#isFirst ? 1 : 0;
    const commas = this.#commas;
    this.#commas = 0;
    this.#isFirst = false;
    if (commas === expected) {
      return null;
    }
    return commas > expected ? 'there is a comma too many here' : 'a comma is missing here';
  }

  restart(): void {
    this.#commas = 0;
    this.#isFirst = true;
  }
}
