import { ByteWindow } from './byte-window.ts';
import { ObjectScanner, type ObjectLayout } from './object-scanner.ts';
import { ScanMemory } from './scan-memory.ts';
import { SimdScanner } from './simd-scanner.ts';

/** The text in work and the scanner of its objects: by WebAssembly where there is any. */
export class ScannedText {
  readonly window: ByteWindow;
  readonly scanner: ObjectScanner;
  readonly #memory: ScanMemory | null;

  constructor(layout: ObjectLayout) {
    const memory = ScanMemory.borrow(layout);
    this.#memory = memory;
    this.window = new ByteWindow(memory === null ? undefined : (length) => memory.room(length));
    this.scanner = memory === null ? new ObjectScanner(layout) : new SimdScanner(layout, memory);
  }

  /** Neither the text nor the scanner may be used after. */
  close(): void {
    this.#memory?.giveBack();
  }
}
