import { ByteWindow } from '../json/byte-window.ts';
import type { EventSink } from '../json/document-visitor.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line is read as far as this: what tells of a step stands at its beginning. */
const MAX_LINE_BYTES = 16_384;

/** `isWhole` is whether its end was seen; `bytes` are gone after the call. */
export type TakeLine = (bytes: Uint8Array, offset: number, isWhole: boolean) => void;

/** Cuts bytes into lines, at carriage returns too, by which progress bars overwrite themselves. */
export class LineSplitter implements EventSink {
  readonly #window = new ByteWindow();
  #at = 0;
  #searched = 0;
  #isSkipping = false;

  constructor(private readonly take: TakeLine) {}

  push(chunk: Uint8Array): void {
    this.#window.append(chunk, this.#at);
    this.#searched -= this.#at;
    this.#at = 0;
    const { bytes, end } = this.#window;
    for (let i = this.#searched; i < end; i++) {
      if (bytes[i] === NEWLINE || bytes[i] === RETURN) {
        this.#endLine(i, true);
        this.#at = i + 1;
      }
    }
    this.#searched = end;
    if (end - this.#at > MAX_LINE_BYTES) {
      this.#endLine(this.#at + MAX_LINE_BYTES, true);
      this.#isSkipping = true;
      this.#at = end;
    }
  }

  finish(): void {
    this.#endLine(this.#window.end, false);
  }

  #endLine(end: number, isWhole: boolean): void {
    if (!this.#isSkipping && end > this.#at) {
      const { bytes, fileOffset } = this.#window;
      const until = Math.min(end, this.#at + MAX_LINE_BYTES);
      this.take(bytes.subarray(this.#at, until), fileOffset + this.#at, isWhole);
    }
    this.#isSkipping = false;
  }
}
