import { ObjectScanner, type ObjectLayout } from './object-scanner.ts';
import type { DecimalParts } from './numbers.ts';
import { DECIMALS, type ScanMemory } from './scan-memory.ts';

/** Scans objects with WebAssembly, in the text of its memory: the same results, in a third of the time. */
export class SimdScanner extends ObjectScanner {
  override readonly remember: (code: number, row: number) => void;
  readonly #memory: ScanMemory;
  readonly #codeCount: number;
  #wholes = new Float64Array(0);
  #millis = new Int32Array(0);

  constructor(layout: ObjectLayout, memory: ScanMemory) {
    super(layout);
    this.#memory = memory;
    this.remember = memory.code.remember;
    this.#codeCount = layout.codeCount;
    this.attach(memory.room(0), 0);
  }

  override attach(bytes: Uint8Array<ArrayBuffer>, end: number): void {
    super.attach(bytes, end);
    if (this.starts.buffer !== bytes.buffer) {
      this.starts = this.#memory.starts(this.#codeCount);
      this.ends = this.#memory.ends(this.#codeCount);
      this.rows = this.#memory.rows(this.#codeCount);
      this.#wholes = this.#memory.wholes(this.#codeCount);
      this.#millis = this.#memory.millis(this.#codeCount);
    }
  }

  override decimal(code: number, out: DecimalParts): boolean {
    const milli = this.#millis[code];
    if (this.starts[code] === 0 || milli < 0) {
      return super.decimal(code, out);
    }
    out.whole = this.#wholes[code];
    out.milli = milli & (DECIMALS - 1);
    return true;
  }

  override number(code: number): number {
    const milli = this.#millis[code];
    return this.starts[code] === 0 || milli < 0 || milli >= DECIMALS
      ? super.number(code)
      : this.#wholes[code];
  }

  override scan(start: number): number {
    const { code } = this.#memory;
    const end = code.scan(start, this.end);
    const traits = code.getTraits();
    this.repairs = code.getRepairs();
    this.hasEscapes = (traits & 1) !== 0;
    this.isEmpty = (traits & 2) !== 0;
    return end;
  }
}
