import { ByteWindow } from './byte-window.ts';
import { ObjectScanner, type ObjectLayout } from './object-scanner.ts';
import { ScanMemory } from './scan-memory.ts';
import { SimdScanner } from './simd-scanner.ts';

/** The text in work, which comes in chunks, and the scanner of its objects: by WebAssembly where there is any. */
export class ScannedText {
  readonly window: ByteWindow;
  readonly scanner: ObjectScanner;
  /** Where the reader of the text is. */
  at = 0;
  /** No more bytes come. */
  isFinal = false;
  readonly #memory: ScanMemory | null;
  #retryAt = 0;

  constructor(layout: ObjectLayout) {
    const memory = ScanMemory.borrow(layout);
    this.#memory = memory;
    this.window = new ByteWindow(memory === null ? undefined : (length) => memory.room(length));
    this.scanner = memory === null ? new ObjectScanner(layout) : new SimdScanner(layout, memory);
  }

  /** Keeps the bytes from `at` on, which is 0 after. False if more bytes are to be waited for. */
  append(chunk: Uint8Array): boolean {
    this.window.append(chunk, this.at);
    this.scanner.attach(this.window.bytes, this.window.end);
    this.#retryAt -= this.at;
    this.at = 0;
    return this.window.end >= this.#retryAt;
  }

  /** To look at what begins at `start` again once twice its bytes are there. */
  waitFor(start: number, maxBytes: number): false {
    const { end } = this.window;
    this.at = this.isFinal ? end : start;
    this.#retryAt = start + Math.min(2 * (end - start), maxBytes + 1);
    return false;
  }

  /** Neither the text nor the scanner may be used after. */
  close(): void {
    this.#memory?.giveBack();
  }
}
