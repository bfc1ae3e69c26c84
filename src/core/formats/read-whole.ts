import type { ByteSource } from './byte-source.ts';
import type { ReadOptions } from './format.ts';

/** All bytes of a source, for formats that are read from the end or as a whole; null where they are more than this. */
export async function readWhole(
  source: ByteSource,
  { signal, onProgress }: ReadOptions,
  maxBytes = Infinity,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.chunks(signal)) {
    signal.throwIfAborted();
    length += chunk.length;
    if (length > maxBytes) {
      return null;
    }
    chunks.push(chunk.slice());
    onProgress?.(source.consumedBytes());
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
