import { PbfReader } from 'pbf';

/** https://protobuf.dev/programming-guides/encoding/ */
export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

const MAX_VARINT_BYTES = 10;

/** Longer texts are cut: they are to be looked at. In bytes. */
const MAX_TEXT_BYTES = 4_096;

const NO_BYTES = new Uint8Array(0);

/**
 * Goes through the fields of one message. Lengths are believed only as far as the message reaches; what is
 * nested is opened with a cursor of its own, so that no file decides how deep it goes.
 */
export class WireCursor {
  bytes: Uint8Array = NO_BYTES;
  /** Of the field that `next` came to. */
  field = 0;
  type = 0;
  /** Where its value lies in the bytes; of text, bytes and messages without the length. */
  start = 0;
  end = 0;
  /** Whether the message says that it goes on where it ends; then what came before the last field is whole. */
  isCut = false;
  /** Whether the message has bytes that are no field. */
  isMalformed = false;
  /** What text, bytes or a message say of their length, however much of it there is. */
  length = 0;
  #reader = new PbfReader(NO_BYTES);
  #limit = 0;

  open(bytes: Uint8Array, start: number, end: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.#reader = new PbfReader(bytes);
    }
    this.end = start;
    this.#limit = end;
    this.isCut = false;
    this.isMalformed = false;
    return this;
  }

  /** False at the end, and where the rest cannot be read. A message that is cut is given as far as it goes. */
  next(): boolean {
    if (this.isCut || this.isMalformed || this.end >= this.#limit) {
      return false;
    }
    const tagEnd = this.#varintEnd(this.end);
    if (tagEnd === 0) {
      return false;
    }
    const tag = this.#varintAt(this.end);
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    this.isMalformed = this.field === 0;
    return !this.isMalformed && this.#place(tagEnd);
  }

  /** Whether all that was asked for could be read. */
  get isSound(): boolean {
    return !this.isCut && !this.isMalformed;
  }

  /** The value as a signed number, the nearest one above 2^53. */
  number(): number {
    switch (this.type) {
      case VARINT:
        this.#reader.pos = this.start;
        return this.#reader.readVarint(true);
      case FIXED64:
        this.#reader.pos = this.start;
        return this.#reader.readFixed64();
      case FIXED32:
        this.#reader.pos = this.start;
        return this.#reader.readFixed32();
      default:
        return NaN;
    }
  }

  double(): number {
    this.#reader.pos = this.start;
    return this.type === FIXED64 ? this.#reader.readDouble() : this.number();
  }

  /** The value as it is: a bigint where it is above 2^53. Equal values are the same key of a map. */
  integer(): number | bigint {
    const near = this.number();
    return Number.isSafeInteger(near) ? near : this.bigint();
  }

  /** Of an unsigned field; 0 for what is no number. */
  bigint(): bigint {
    let value = 0n;
    if (this.type === VARINT) {
      for (let p = this.start; p < this.end; p++) {
        value |= BigInt(this.bytes[p] & 0x7f) << BigInt(7 * (p - this.start));
      }
    } else if (this.type !== BYTES) {
      for (let p = this.end - 1; p >= this.start; p--) {
        value = (value << 8n) | BigInt(this.bytes[p]);
      }
    }
    return BigInt.asUintN(64, value);
  }

  text(): string {
    if (this.type !== BYTES) {
      return '';
    }
    const end = Math.min(this.end, this.start + MAX_TEXT_BYTES);
    const text = decoder.decode(this.bytes.subarray(this.start, end));
    return end === this.end ? text : `${text.replace(/\ufffd$/, '')}…`;
  }

  #place(from: number): boolean {
    this.start = from;
    switch (this.type) {
      case VARINT:
        this.end = this.#varintEnd(from);
        return this.end !== 0;
      case FIXED64:
        return this.#endAt(from + 8);
      case FIXED32:
        return this.#endAt(from + 4);
      case BYTES: {
        const lengthEnd = this.#varintEnd(from);
        if (lengthEnd === 0) {
          return false;
        }
        this.start = lengthEnd;
        this.length = this.#varintAt(from);
        this.end = lengthEnd + this.length;
        if (this.end > this.#limit) {
          this.isCut = true;
          this.end = this.#limit;
        }
        return true;
      }
      default:
        this.isMalformed = true;
        return false;
    }
  }

  #endAt(end: number): boolean {
    this.end = end;
    this.isCut = end > this.#limit;
    return !this.isCut;
  }

  /** 0 where it does not end. */
  #varintEnd(start: number): number {
    const last = Math.min(this.#limit, start + MAX_VARINT_BYTES);
    for (let p = start; p < last; p++) {
      if (this.bytes[p] < 0x80) {
        return p + 1;
      }
    }
    this.isCut = last === this.#limit;
    this.isMalformed = !this.isCut;
    return 0;
  }

  #varintAt(start: number): number {
    this.#reader.pos = start;
    return this.#reader.readVarint();
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
