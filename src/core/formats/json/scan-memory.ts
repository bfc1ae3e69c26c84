import type { KeySet } from './key-set.ts';
import type { ObjectLayout } from './object-scanner.ts';
import { SCAN_OBJECT_CODE } from './scan-object-code.ts';

/** Where things are in the memory; `assembly/scan-object.ts` says the same. */
const ENDS = 256;
const ROWS = 512;
const LAYOUT = 640;
const SETS = 768;
const TEXTS = 4_864;
const WHOLES = 7_424;
const MILLIS = 7_680;
const ORIGIN = 532_480;

/** The columns of starts, ends and rows have room for so many; texts are told by the bits of a word. */
const MAX_CODES = 32;

/** In a thousandths column: what is added where the number has decimals. */
export const DECIMALS = 1_024;

const PAGE_BYTES = 65_536;

/** Larger ones are let go after use: one enormous event must not hold its memory. */
const MAX_IDLE_BYTES = 16 << 20;
/** So many wait for their next use: each takes gigabytes of addresses. */
const MAX_IDLE = 4;

interface ScannerCode {
  readonly memory: WebAssembly.Memory;
  /** Takes over what is described at `LAYOUT`, and the keys. */
  readonly configure: () => void;
  /** The value of this code, in the object just scanned, is the string of this row. */
  readonly remember: (code: number, row: number) => void;
  readonly scan: (start: number, end: number) => number;
  readonly getRepairs: () => number;
  readonly getTraits: () => number;
}

const idle: ScanMemory[] = [];

let module: WebAssembly.Module | null | undefined;

/** The text in work, in the memory of the WebAssembly that finds the members of its objects. */
export class ScanMemory {
  readonly code: ScannerCode;

  private constructor(compiled: WebAssembly.Module) {
    this.code = new WebAssembly.Instance(compiled).exports as unknown as ScannerCode;
  }

  /** Null where there is no WebAssembly, or none that takes sixteen bytes at a time. */
  static borrow(layout: ObjectLayout): ScanMemory | null {
    module ??= compile();
    if (module === null || layout.codeCount > MAX_CODES) {
      return null;
    }
    try {
      const memory = idle.pop() ?? new ScanMemory(module);
      memory.#describe(layout);
      return memory;
    } catch {
      // There is no room for one more.
      return null;
    }
  }

  /** Nothing of it may be used after. */
  giveBack(): void {
    const { byteLength } = this.code.memory.buffer;
    if (byteLength <= MAX_IDLE_BYTES && idle.length < MAX_IDLE) {
      idle.push(this);
    }
  }

  /** All room for text, at least so much; what was in it stays, older views of it end. */
  room(byteLength: number): Uint8Array<ArrayBuffer> {
    const { memory } = this.code;
    const missing = ORIGIN + byteLength - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
    }
    return new Uint8Array(memory.buffer, ORIGIN);
  }

  starts(codeCount: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.code.memory.buffer, 0, codeCount);
  }

  ends(codeCount: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.code.memory.buffer, ENDS, codeCount);
  }

  /** By code: the row of a string that was remembered; 0 is none. */
  rows(codeCount: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.code.memory.buffer, ROWS, codeCount);
  }

  /** By code, of the object just scanned: numbers before the point. */
  wholes(codeCount: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.code.memory.buffer, WHOLES, codeCount);
  }

  /** By code: thousandths, and 1,024 more where there are decimals; -1 is no plain number. */
  millis(codeCount: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.code.memory.buffer, MILLIS, codeCount);
  }

  #describe(layout: ObjectLayout): void {
    const { keys, nestedKeys, nestingCode, codeCount, textCodes, numberCodes } = layout;
    const bytes = new Uint8Array(this.code.memory.buffer, 0, ORIGIN);
    bytes.fill(0);
    const view = new DataView(this.code.memory.buffer);
    let textAt = TEXTS;
    let setAt = SETS;
    for (const set of [keys, nestedKeys]) {
      textAt = writeKeys(set, { bytes, view, setAt, textAt });
      setAt += 4 * set.codes.length;
    }
    const [texts, numbers] = [textCodes, numberCodes].map((codes) =>
      codes.reduce((bits, code) => bits | (1 << code), 0),
    );
    const factors = [keys, nestedKeys].flatMap((set) => [set.firstFactor, set.lastFactor]);
    [nestingCode, codeCount, texts, ...factors, numbers].forEach((value, i) =>
      view.setInt32(LAYOUT + 4 * i, value, true),
    );
    this.millis(MAX_CODES).fill(-1);
    this.code.configure();
  }
}

interface KeyPlace {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly setAt: number;
  readonly textAt: number;
}

/** Codes, lengths and places of the texts, by slot; gives where the next text can be. */
function writeKeys({ codes, texts }: KeySet, { bytes, view, setAt, textAt }: KeyPlace): number {
  let at = textAt;
  codes.forEach((code, slot) => {
    const text = texts[slot];
    if (code !== 0 && text !== undefined) {
      bytes[setAt + slot] = code;
      bytes[setAt + codes.length + slot] = text.length;
      view.setUint16(setAt + 2 * codes.length + 2 * slot, at, true);
      bytes.set(text, at);
      at += text.length;
    }
  });
  return at;
}

function compile(): WebAssembly.Module | null {
  try {
    const code = Uint8Array.from(atob(SCAN_OBJECT_CODE), (character) => character.charCodeAt(0));
    return new WebAssembly.Module(code);
  } catch {
    return null;
  }
}
