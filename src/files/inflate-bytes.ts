import { inflateSync } from 'node:zlib';

/** What zlib packed; null where it is damaged, cut, or longer than `maxBytes`. For small pieces: nothing else runs meanwhile. */
export function inflateBytes(packed: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    const { buffer, byteOffset, length } = inflateSync(packed, { maxOutputLength: maxBytes });
    return new Uint8Array(buffer, byteOffset, length);
  } catch {
    return null;
  }
}
