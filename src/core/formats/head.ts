import type { ByteSource } from './byte-source.ts';
import type { Head } from './format.ts';

/** As much of a file as tells what it is. */
export const HEAD_BYTES = 65_536;

/** Logs begin with what was started and how, long before the first step. */
const TEXT_HEAD_BYTES = 4 * HEAD_BYTES;

/** As much as tells whether it is text. */
const FIRST_BYTES = 1_024;

/** Neither JSON nor binary, as far as the first bytes tell. */
export function isPlainText(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, FIRST_BYTES);
  const text = new TextDecoder('latin1').decode(first);
  return !first.includes(0) && !/^\s*(?:\{|\[\s*(?:[{"\]]|$))/.test(text);
}

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
  let wanted = HEAD_BYTES;
  while (length < wanted) {
    const next = await iterator.next();
    if (next.done === true) {
      isWhole = true;
      break;
    }
    chunks.push(next.value.slice());
    length += next.value.length;
    wanted = isPlainText(chunks[0]) ? TEXT_HEAD_BYTES : HEAD_BYTES;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const head = { bytes: bytes.subarray(0, wanted), isWhole: isWhole && length <= wanted };
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
    leftOut: () => source.leftOut?.() ?? null,
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
