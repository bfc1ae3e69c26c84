const SLOTS = 512;

/** Tells known keys by their bytes: one look into a table without collisions, then a comparison. */
export class KeySet {
  /** By slot; 0 where there is no key. */
  readonly codes = new Uint8Array(SLOTS);
  readonly texts: (Uint8Array | undefined)[] = [];
  firstFactor = 1;
  lastFactor = 1;

  /** Keys and their codes, from 1; several keys may share a code. */
  constructor(codeByKey: Readonly<Record<string, number>>) {
    const keys = Object.entries(codeByKey).map(([key, code]) => ({
      text: new TextEncoder().encode(key),
      code,
    }));
    this.#separate(keys.map((key) => key.text));
    for (const { text, code } of keys) {
      const slot = this.#slotOf(text, 0, text.length);
      this.codes[slot] = code;
      this.texts[slot] = text;
    }
  }

  /** The code of the key at these bytes; 0 if it is unknown. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) {
      return 0;
    }
    const slot = this.#slotOf(bytes, start, end);
    const code = this.codes[slot];
    return code !== 0 && isEqual(this.texts[slot], bytes, start, end) ? code : 0;
  }

  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const outer = bytes[start] * this.firstFactor + bytes[end - 1] * this.lastFactor;
    const inner = 5 * bytes[start + (length >> 1)] + 9 * bytes[start + (length >> 2)];
    return (outer + inner + 31 * length) & (SLOTS - 1);
  }

  #separate(texts: readonly Uint8Array[]): void {
    for (let attempt = 0; attempt < SLOTS; attempt++) {
      this.firstFactor = 1 + 2 * (attempt & 31);
      this.lastFactor = 1 + 2 * (attempt >> 5);
      if (new Set(texts.map((text) => this.#slotOf(text, 0, text.length))).size === texts.length) {
        return;
      }
    }
    throw new Error('these keys cannot be told apart by their length and four of their bytes');
  }
}

function isEqual(
  text: Uint8Array | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (text?.length !== end - start) {
    return false;
  }
  for (let i = 0, j = start; j < end; i++, j++) {
    if (text[i] !== bytes[j]) {
      return false;
    }
  }
  return true;
}
