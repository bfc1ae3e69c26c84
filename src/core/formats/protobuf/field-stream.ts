import type { EventSink } from '../json/document-visitor.ts';
import { BYTES, WireCursor } from './wire-cursor.ts';

/** A tag and a length take no more. */
const MAX_HEADER_BYTES = 20;

/** What the outermost fields of a file are given to. Bytes are valid until it returns. */
export interface FieldVisitor {
  /** Whether the field is needed; what is not is passed over without being held. */
  wants(field: number): boolean;
  onField(field: WholeField): void;
  /** The last field, as much of it as there is. */
  onCut(field: WholeField): void;
  /** What is so large is passed over. */
  onTooLarge(field: number, fileOffset: number): void;
  /** What follows is no field: it cannot be read on. `bytes` are the first of it. */
  onMalformed(fileOffset: number, bytes: Uint8Array): void;
}

export interface WholeField {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Of `start`. */
  readonly fileOffset: number;
}

/** The outermost fields of a file that comes in chunks: never more of it in memory than one field. */
export class FieldStream implements EventSink {
  readonly #cursor = new WireCursor();
  /** A field that has begun and is wanted, as far as it came. */
  #held = new Uint8Array(0);
  #heldLength = 0;
  #field = 0;
  #fieldOffset = 0;
  /** Of the field that has begun, bytes that are to come; -1 where none has. */
  #missing = -1;
  #isHeld = false;
  #offset = 0;
  #isOver = false;

  constructor(
    private readonly visitor: FieldVisitor,
    private readonly maxFieldBytes: number,
  ) {}

  push(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.#missing < 0 && this.#heldLength > 0) {
      bytes = this.#joined(chunk);
      this.#offset -= this.#heldLength;
      this.#heldLength = 0;
    }
    let p = 0;
    while (p < bytes.length && !this.#isOver) {
      const taken = this.#missing >= 0 ? this.#continue(bytes, p) : this.#begin(bytes, p);
      p += taken;
      this.#offset += taken;
    }
  }

  finish(): void {
    if (this.#isOver) {
      return;
    }
    if (this.#missing > 0 || (this.#missing < 0 && this.#heldLength > 0)) {
      const isBegun = this.#missing > 0;
      this.visitor.onCut({
        field: isBegun ? this.#field : 0,
        bytes: this.#held,
        start: 0,
        end: isBegun && !this.#isHeld ? 0 : this.#heldLength,
        fileOffset: isBegun ? this.#fieldOffset : this.#offset - this.#heldLength,
      });
    }
  }

  /** What is held of a header, with the chunk after it. */
  #joined(chunk: Uint8Array): Uint8Array {
    const joined = new Uint8Array(this.#heldLength + chunk.length);
    joined.set(this.#held.subarray(0, this.#heldLength));
    joined.set(chunk, this.#heldLength);
    return joined;
  }

  #begin(bytes: Uint8Array, p: number): number {
    const end = this.#headerEnd(bytes, p);
    if (end !== 0) {
      return end - p;
    }
    if (bytes.length - p < MAX_HEADER_BYTES && !this.#cursor.isMalformed) {
      this.#hold(bytes, p, bytes.length);
      return bytes.length - p;
    }
    this.#isOver = true;
    this.visitor.onMalformed(this.#offset, bytes.subarray(p, p + MAX_HEADER_BYTES));
    return 0;
  }

  /** Where the header of a field ends, or the field if there is all of it; 0 if it is not whole or none. */
  #headerEnd(bytes: Uint8Array, p: number): number {
    const cursor = this.#cursor.open(bytes, p, bytes.length);
    if (!cursor.next()) {
      return 0;
    }
    const { field, start, end, type } = cursor;
    if (type !== BYTES) {
      return end;
    }
    const fileOffset = this.#offset + start - p;
    const isWanted = this.visitor.wants(field);
    const isHeld = isWanted && cursor.length <= this.maxFieldBytes;
    if (isWanted && !isHeld) {
      this.visitor.onTooLarge(field, fileOffset);
    }
    if (!cursor.isCut) {
      if (isHeld) {
        this.visitor.onField({ field, bytes, start, end, fileOffset });
      }
      return end;
    }
    this.#field = field;
    this.#fieldOffset = fileOffset;
    this.#missing = cursor.length;
    this.#isHeld = isHeld;
    return start;
  }

  #continue(bytes: Uint8Array, p: number): number {
    const taken = Math.min(this.#missing, bytes.length - p);
    if (this.#isHeld) {
      this.#hold(bytes, p, p + taken);
    }
    this.#missing -= taken;
    if (this.#missing === 0) {
      this.#complete();
    }
    return taken;
  }

  #complete(): void {
    this.#missing = -1;
    const end = this.#heldLength;
    this.#heldLength = 0;
    if (this.#isHeld) {
      this.#isHeld = false;
      this.visitor.onField({
        field: this.#field,
        bytes: this.#held.subarray(0, end),
        start: 0,
        end,
        fileOffset: this.#fieldOffset,
      });
    }
  }

  /** Grows with what has come, not with what a file says will come. */
  #hold(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#heldLength + to - from;
    if (length > this.#held.length) {
      const whole = this.#heldLength + Math.max(0, this.#missing);
      const grown = new Uint8Array(Math.max(length, Math.min(2 * length, whole)));
      grown.set(this.#held.subarray(0, this.#heldLength));
      this.#held = grown;
    }
    this.#held.set(bytes.subarray(from, to), this.#heldLength);
    this.#heldLength = length;
  }
}
