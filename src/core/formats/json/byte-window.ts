const INITIAL_BYTES = 4_096;

/** The bytes in work: what was carried over and the newest chunk, in one piece. */
export class ByteWindow {
  /** A zero follows the last byte, so that loops over bytes need not ask for the end. */
  bytes = new Uint8Array(INITIAL_BYTES);
  end = 0;
  /** Where in the file `bytes[0]` is. */
  fileOffset = 0;

  /** Lets go of the bytes before `keepFrom`, which becomes 0, and takes a copy of the chunk. */
  append(chunk: Uint8Array, keepFrom: number): void {
    const kept = this.end - keepFrom;
    const needed = kept + chunk.length + 1;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(keepFrom, this.end));
      this.bytes = larger;
    } else if (keepFrom > 0) {
      this.bytes.copyWithin(0, keepFrom, this.end);
    }
    this.bytes.set(chunk, kept);
    this.fileOffset += keepFrom;
    this.end = kept + chunk.length;
    this.bytes[this.end] = 0;
  }
}
