import { Decompress } from 'fzstd';
import { type Chunks, peek } from './chunks.ts';

/** So little at once that what a bomb unpacks to stays small: a block of 4 bytes may give 128 KiB. */
const SLICE_BYTES = 1_024;

export interface ZstdNotes {
  readonly onTruncated: (reason: string) => void;
  readonly onRemark: (remark: string) => void;
}

/** Of the frame header's descriptor, which follows the magic number: a checksum follows the content. */
const DESCRIPTOR_AT = 4;
const HAS_CHECKSUM = 4;

/**
 * Unpacks Zstandard, of several frames if need be. Where it is cut or damaged it gives what came before
 * and tells the reason. Checksums are passed over, and that is told.
 */
export async function* unzstdChunks(packed: Chunks, { onTruncated, onRemark }: ZstdNotes): Chunks {
  const { head, chunks } = await peek(packed, DESCRIPTOR_AT + 1);
  if (((head[DESCRIPTOR_AT] ?? 0) & HAS_CHECKSUM) !== 0) {
    onRemark('the checksum of the zstd file is not verified; zstd --test does that');
  }
  const unpacked: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => unpacked.push(chunk));
  for await (const chunk of chunks) {
    // The library keeps what it cannot use yet, and the chunk is used again.
    const copy = new Uint8Array(chunk);
    for (let at = 0; at < copy.length; at += SLICE_BYTES) {
      const failure = push(decompress, copy.subarray(at, at + SLICE_BYTES), false);
      yield* unpacked.splice(0);
      if (failure !== null) {
        onTruncated(`the zstd file is damaged here (${failure})`);
        return;
      }
    }
  }
  const failure = push(decompress, new Uint8Array(0), true);
  yield* unpacked.splice(0);
  if (failure !== null) {
    onTruncated('the zstd file is cut: it ends before its content does');
  }
}

function push(decompress: Decompress, bytes: Uint8Array, isLast: boolean): string | null {
  try {
    decompress.push(bytes, isLast);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
