import { type Chunks, peek } from './chunks.ts';
import { decodeUtf16 } from './decode-utf16.ts';
import { inflateChunks } from './inflate-chunks.ts';
import { unzstdChunks } from './unzstd-chunks.ts';

/** As in a zip of gz: more layers are a mistake, or a trap. */
const MAX_LAYERS = 3;

/** https://www.rfc-editor.org/rfc/rfc1952, https://www.rfc-editor.org/rfc/rfc8878 */
const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const UTF16_LITTLE = [0xff, 0xfe];
const UTF16_BIG = [0xfe, 0xff];

/** A trace packs to a twentieth, seldom to a fiftieth; what unpacks to more than this is a bomb. */
const MAX_RATIO = 300;
/** So much may be unpacked of anything: it costs less than a second. */
const FREE_BYTES = 256 << 20;

export interface UnpackNotes {
  /** Why the bytes end too early. */
  readonly onTruncated: (reason: string) => void;
  /** What is to be known of the file, though nothing is lost. */
  readonly onRemark: (remark: string) => void;
  /** What the file holds besides the bytes that are given, and what to do. */
  readonly onLeftOut: (what: string) => void;
}

/**
 * Text as UTF-8 and all else as it is, out of gzip and zstd in each other, told by content. Stops, and
 * says why, where it would unpack to far more than any trace does. `consumed` is how many bytes were
 * taken from the file so far.
 */
export async function* unpack(file: Chunks, consumed: () => number, notes: UnpackNotes): Chunks {
  let chunks = file;
  let layers = 0;
  for (; layers < MAX_LAYERS; layers++) {
    const peeked = await peek(chunks, ZSTD.length);
    chunks = peeked.chunks;
    if (startsWith(peeked.head, GZIP)) {
      chunks = inflateChunks(chunks, 'gzip', notes.onTruncated);
    } else if (startsWith(peeked.head, ZSTD)) {
      chunks = unzstdChunks(chunks, notes);
    } else {
      break;
    }
  }
  yield* decodeText(limit(chunks, consumed, notes.onTruncated), notes);
}

async function* decodeText(chunks: Chunks, notes: UnpackNotes): Chunks {
  const { head, chunks: whole } = await peek(chunks, UTF16_BIG.length);
  const isBigEndian = startsWith(head, UTF16_BIG);
  if (!isBigEndian && !startsWith(head, UTF16_LITTLE)) {
    yield* whole;
    return;
  }
  notes.onRemark('the file is UTF-16: byte offsets are those of the same text as UTF-8');
  yield* decodeUtf16(whole, isBigEndian);
}

async function* limit(
  chunks: Chunks,
  consumed: () => number,
  onTruncated: (reason: string) => void,
): Chunks {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > FREE_BYTES && length > MAX_RATIO * consumed()) {
      onTruncated(
        `this file unpacks to more than ${MAX_RATIO} times its size, as no trace does: reading stopped here. If it is one, unpack it and open what comes out`,
      );
      return;
    }
    yield chunk;
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
