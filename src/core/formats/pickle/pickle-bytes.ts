import { PickleError } from './pickle-stack.ts';

const NEWLINE = 0x0a;
const LATIN = new TextDecoder('latin1');

/** Whole numbers of pickles have 8 bytes at most where they are ids or times; longer ones are a trap. */
const MAX_INTEGER_BYTES = 64;
const MAX_INTEGER_DIGITS = 160;

/** The bytes ended within an operation. */
export class PickleCut extends Error {
  override readonly name = 'PickleCut';
}

/** Reads the arguments of operations. Throws a `PickleCut` behind the last byte. */
export class PickleBytes {
  #at = 0;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** A length, as far as a number can tell one. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  take(length: number): Uint8Array {
    const from = this.#skip(length);
    return this.bytes.subarray(from, from + length);
  }

  text(length: number): string {
    return this.#decoder.decode(this.take(length));
  }

  /** Up to the end of the line, which is passed over. */
  line(): string {
    return this.#decoder.decode(this.#lineBytes());
  }

  /** The same as of texts of protocol 0, whose bytes are characters. */
  latinLine(): string {
    return LATIN.decode(this.#lineBytes());
  }

  #lineBytes(): Uint8Array {
    const end = this.bytes.indexOf(NEWLINE, this.#at);
    if (end < 0) {
      throw new PickleCut();
    }
    const line = this.take(end - this.#at);
    this.#at = end + 1;
    return line;
  }

  /** Little endian, in two's complement; a number where that is exact. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) {
      throw new PickleError(`it has a whole number of ${length} bytes`);
    }
    let value = 0n;
    const bytes = this.take(length);
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(bytes[i]);
    }
    return toNumber(length > 0 ? BigInt.asIntN(8 * length, value) : 0n);
  }

  decimal(): number | bigint | boolean {
    const text = this.line().replace(/L$/, '');
    if (text === '00' || text === '01') {
      return text === '01';
    }
    if (!/^-?\d+$/.test(text) || text.length > MAX_INTEGER_DIGITS) {
      throw new PickleError('it has a whole number that is none');
    }
    return toNumber(BigInt(text));
  }

  #skip(length: number): number {
    const from = this.#at;
    if (length > this.bytes.length - from) {
      throw new PickleCut();
    }
    this.#at += length;
    return from;
  }
}

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
