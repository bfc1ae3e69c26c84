import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  IS_BLANK,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './bytes.ts';
import type { EventSink } from './document-visitor.ts';

/** Deeper documents are refused: nobody writes them. */
const MAX_DEPTH = 256;
const MAX_KEY_BYTES = 256;

/** What is told of a document that is too large for memory: objects at some places in it, one by one. */
export interface NestedVisitor {
  /** An object at a wanted place, as its bytes, which are valid until the next one. */
  onValue(place: string, bytes: Uint8Array, fileOffset: number): void;
  /** An object that is larger than allowed. */
  onDropped(fileOffset: number, reason: string): void;
  /** The document ends within a value, or is no JSON from here on. */
  onCut(fileOffset: number, reason: string): void;
}

interface Container {
  /** Keys from the root to here, joined by dots; elements of arrays are `*`. */
  readonly place: string;
  readonly isArray: boolean;
}

/** Goes through one JSON document as it comes, and gives the objects at the wanted places (such as `a.*.b`). */
export class NestedValues implements EventSink {
  readonly #stack: Container[] = [];
  #key = '';
  #isKey = false;
  #isInString = false;
  #isEscaped = false;
  readonly #keyBytes: number[] = [];
  /** Depth of the object that is being taken; 0 is none. */
  #takenDepth = 0;
  #takenPlace = '';
  #takenOffset = 0;
  #takenLength = 0;
  readonly #pieces: Uint8Array[] = [];
  #offset = 0;
  #isOver = false;

  constructor(
    private readonly wanted: ReadonlySet<string>,
    private readonly maxBytes: number,
    private readonly visitor: NestedVisitor,
  ) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    for (let i = 0; i < chunk.length && !this.#isOver; i++) {
      if (this.#isInString) {
        this.#readString(chunk[i]);
      } else {
        from = this.#readByte(chunk, i, from);
      }
    }
    if (this.#takenDepth > 0 && !this.#isOver) {
      this.#keep(chunk.subarray(from));
    }
    this.#offset += chunk.length;
  }

  /** Outside of strings. Gives where the part of the chunk begins that is to be taken. */
  #readByte(chunk: Uint8Array, i: number, from: number): number {
    const byte = chunk[i];
    switch (byte) {
      case QUOTE:
        this.#isInString = true;
        this.#isKey =
          this.#takenDepth === 0 && this.#key === '' && this.#stack.at(-1)?.isArray === false;
        this.#keyBytes.length = 0;
        return from;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.#open(byte === OPEN_BRACKET, i, from);
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return this.#close(chunk, i, from);
      case COMMA:
        this.#key = '';
        return from;
      default:
        this.#checkRoot(byte, i);
        return from;
    }
  }

  finish(): void {
    if (!this.#isOver && this.#stack.length > 0) {
      this.visitor.onCut(
        this.#takenDepth > 0 ? this.#takenOffset : this.#offset,
        'the file ends within a value',
      );
    }
  }

  #readString(byte: number): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (byte === BACKSLASH) {
      this.#isEscaped = true;
    } else if (byte === QUOTE) {
      this.#isInString = false;
      if (this.#isKey) {
        this.#key = String.fromCharCode(...this.#keyBytes);
      }
      return;
    }
    if (this.#isKey && this.#keyBytes.length < MAX_KEY_BYTES) {
      this.#keyBytes.push(byte);
    }
  }

  #open(isArray: boolean, i: number, from: number): number {
    const parent = this.#stack.at(-1);
    const name = parent?.isArray === true ? '*' : this.#key;
    const place = parent === undefined || parent.place === '' ? name : `${parent.place}.${name}`;
    if (this.#stack.length >= MAX_DEPTH) {
      this.#stop(i, `it is nested more than ${MAX_DEPTH} deep`);
      return from;
    }
    this.#stack.push({ place: this.#takenDepth > 0 ? '' : place, isArray });
    this.#key = '';
    if (this.#takenDepth === 0 && !isArray && this.wanted.has(place)) {
      this.#takenDepth = this.#stack.length;
      this.#takenPlace = place;
      this.#takenOffset = this.#offset + i;
      this.#takenLength = 0;
      this.#pieces.length = 0;
      return i;
    }
    return from;
  }

  #close(chunk: Uint8Array, i: number, from: number): number {
    if (this.#takenDepth > 0 && this.#stack.length === this.#takenDepth) {
      this.#keep(chunk.subarray(from, i + 1));
      this.#give();
      this.#takenDepth = 0;
    }
    this.#key = '';
    if (this.#stack.pop() === undefined) {
      this.#stop(i, 'it closes more than it opens');
    }
    return from;
  }

  #keep(piece: Uint8Array): void {
    this.#takenLength += piece.length;
    if (this.#takenLength <= this.maxBytes) {
      this.#pieces.push(piece.slice());
    }
  }

  #give(): void {
    if (this.#takenLength > this.maxBytes) {
      this.visitor.onDropped(this.#takenOffset, `it is larger than ${this.maxBytes} bytes`);
      return;
    }
    let bytes = this.#pieces[0];
    if (this.#pieces.length > 1) {
      bytes = new Uint8Array(this.#takenLength);
      let at = 0;
      for (const piece of this.#pieces) {
        bytes.set(piece, at);
        at += piece.length;
      }
    }
    this.visitor.onValue(this.#takenPlace, bytes, this.#takenOffset);
  }

  #checkRoot(byte: number, i: number): void {
    if (
      this.#stack.length === 0 &&
      this.#offset + i > 2 &&
      IS_BLANK[byte] !== 1 &&
      byte !== COLON
    ) {
      this.#stop(i, 'what comes here is no JSON');
    }
  }

  #stop(i: number, reason: string): void {
    this.#isOver = true;
    this.visitor.onCut(this.#offset + i, reason);
  }
}
