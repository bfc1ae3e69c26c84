const INITIAL_BYTES = 4_096;

/** Behind the last byte: a zero, so that loops need not ask for the end, and what is read with it. */
const MARGIN_BYTES = 32;

/** The bytes in work: what was carried over and the newest chunk, in one piece. */
export class ByteWindow {
  /** A zero follows the last byte. */
  bytes = new Uint8Array(0);
  end = 0;
  /** Where in the file `bytes[0]` is. */
  fileOffset = 0;
  readonly #room: ((byteLength: number) => Uint8Array<ArrayBuffer>) | null;

  /** `room` gives at least so many bytes, with all that was in what it gave before. */
  constructor(room?: (byteLength: number) => Uint8Array<ArrayBuffer>) {
    this.#room = room ?? null;
    this.bytes = this.#grown(INITIAL_BYTES);
  }

  /** Lets go of the bytes before `keepFrom`, which becomes 0, and takes a copy of the chunk. */
  append(chunk: Uint8Array, keepFrom: number): void {
    if (keepFrom > 0) {
      this.bytes.copyWithin(0, keepFrom, this.end);
    }
    const kept = this.end - keepFrom;
    const needed = kept + chunk.length + MARGIN_BYTES;
    if (needed > this.bytes.length) {
      this.bytes = this.#grown(Math.max(needed, 2 * this.bytes.length));
    }
    this.bytes.set(chunk, kept);
    this.fileOffset += keepFrom;
    this.end = kept + chunk.length;
    this.bytes[this.end] = 0;
  }

  #grown(byteLength: number): Uint8Array<ArrayBuffer> {
    if (this.#room !== null) {
      return this.#room(byteLength);
    }
    const larger = new Uint8Array(byteLength);
    larger.set(this.bytes);
    return larger;
  }
}
