const fatalDecoder = new TextDecoder('utf-8', { fatal: true });
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether the bytes are UTF-8 without error. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) {
    if (bytes[p] >= 0x80) {
      return decodesWithoutError(bytes.subarray(p, end));
    }
  }
  return true;
}

/** Text for people: whatever is no UTF-8 or no printable character is replaced. */
export function excerptOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxCharacters: number,
): string {
  const text = decoder.decode(bytes.subarray(start, Math.min(end, start + 4 * maxCharacters)));
  // eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
  const printable = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return printable.length > maxCharacters ? `${printable.slice(0, maxCharacters - 1)}…` : printable;
}

function decodesWithoutError(bytes: Uint8Array): boolean {
  try {
    fatalDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
