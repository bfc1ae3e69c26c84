import type { ByteSource } from './byte-source.ts';
import type { Head } from './format.ts';

/** As much of a file as tells what it is. */
export const HEAD_BYTES = 65_536;

export interface OpenHead {
  readonly head: Head;
  /** The same bytes from the first on; to be read once. */
  readonly source: ByteSource;
  /** To be called where the source is not read on. */
  readonly close: () => Promise<void>;
}

/** Reads the first bytes of a source, and gives a source that has them still. */
export async function readHead(source: ByteSource, signal: AbortSignal): Promise<OpenHead> {
  const iterator = source.chunks(signal)[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  while (length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    chunks.push(next.value.slice());
    length += next.value.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const head = { bytes: bytes.subarray(0, HEAD_BYTES), isWhole: isWhole && length <= HEAD_BYTES };
  return {
    head,
    source: replay(source, bytes, isWhole ? null : iterator),
    close: async () => {
      await iterator.return?.();
    },
  };
}

function replay(
  source: ByteSource,
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array> | null,
): ByteSource {
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    consumedBytes: () => source.consumedBytes(),
    truncation: () => source.truncation(),
    remarks: () => source.remarks?.() ?? [],
    async *chunks() {
      try {
        yield first;
        for (let next = await rest?.next(); next?.done === false; next = await rest?.next()) {
          yield next.value;
        }
      } finally {
        await rest?.return?.();
      }
    },
  };
}
