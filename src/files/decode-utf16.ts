import type { Chunks } from './chunks.ts';

/** Gives UTF-16 as UTF-8, without its byte order mark; half a character at the end is left out. */
export async function* decodeUtf16(chunks: Chunks, isBigEndian: boolean): Chunks {
  const decoder = new TextDecoder('utf-16le');
  const encoder = new TextEncoder();
  let odd: number | null = null;
  for await (const chunk of chunks) {
    const even = evenLength(odd, chunk);
    odd = even.odd;
    const bytes = isBigEndian ? swapPairs(even.bytes) : even.bytes;
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') {
      yield encoder.encode(text);
    }
  }
}

/** The bytes with the one that was left over before, and without the last if that makes them odd. */
function evenLength(
  before: number | null,
  chunk: Uint8Array,
): { readonly bytes: Uint8Array; readonly odd: number | null } {
  const length = chunk.length + (before === null ? 0 : 1);
  const bytes = new Uint8Array(length);
  bytes.set(chunk, length - chunk.length);
  if (before !== null) {
    bytes[0] = before;
  }
  return length % 2 === 0
    ? { bytes, odd: null }
    : { bytes: bytes.subarray(0, -1), odd: bytes.at(-1) ?? null };
}

function swapPairs(bytes: Uint8Array): Uint8Array {
  const pairs = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < bytes.length; i += 2) {
    pairs.setUint16(i, pairs.getUint16(i, false), true);
  }
  return bytes;
}
