import type { EmbeddedRun } from './embed-run.ts';
import { packValue, unpackValue } from './pack-value.ts';

const HEADER_BYTES = 4;

/** The length of the text, the text, the columns: to be compressed. */
export function packEmbedded(run: EmbeddedRun): readonly Uint8Array[] {
  const { json, columns } = packValue(run);
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(HEADER_BYTES);
  new DataView(header.buffer).setUint32(0, text.length);
  return [header, text, ...columns];
}

/** Trusts the bytes: they are of the page itself. */
export function unpackEmbedded(bytes: Uint8Array<ArrayBuffer>): EmbeddedRun {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const end = HEADER_BYTES + length;
  const json = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, end));
  return unpackValue(json, bytes.subarray(end)) as EmbeddedRun;
}
