/** A file, a buffer or anything else that gives bytes in order. */
export interface ByteSource {
  /** For messages only; formats are told by content. */
  readonly name: string;
  /** Bytes in order, decompressed; a consumer may keep no chunk. Throws only for the outside world. */
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes to come before decompression, and how many were taken so far; for progress. */
  readonly sizeBytes: number;
  consumedBytes(): number;
  /** Why the bytes ended too early, such as a gzip stream that was cut; null where they did not. */
  truncation(): string | null;
  /** What is to be known of the file, though nothing of it is lost. */
  remarks?(): readonly string[];
  /** What else the file holds, which is not among the bytes, and what to do; null where nothing. */
  leftOut?(): string | null;
}
