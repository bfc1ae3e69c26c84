import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './bytes.ts';

/** Skips a value that may be larger than memory: it holds where it is, not what it saw. */
export class ContainerSkipper {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasStarted = false;

  /** From the first byte of any value, or from where it stopped; -1 if the value goes on after `end`. */
  skip(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start; p < end; p++) {
      const byte = bytes[p];
      if (this.#isInString) {
        if (this.#closesString(byte) && this.#depth === 0) {
          return p + 1;
        }
        continue;
      }
      if (this.#depth === 0 && this.#hasStarted && endsScalar(byte)) {
        return p;
      }
      this.#hasStarted = true;
      if (this.#step(byte)) {
        return p + 1;
      }
    }
    return -1;
  }

  /** True if this byte closes the value. */
  #step(byte: number): boolean {
    if (byte === QUOTE) {
      this.#isInString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      return --this.#depth <= 0;
    }
    return false;
  }

  #closesString(byte: number): boolean {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (byte === BACKSLASH) {
      this.#isEscaped = true;
    } else if (byte === QUOTE) {
      this.#isInString = false;
      return true;
    }
    return false;
  }
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20;
}
