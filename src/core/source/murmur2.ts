const M = 0x5bd1e995;
/** With which the kernel of IPython names the files of cells. */
const SEED = 0xc70f6907;

/** MurmurHash2 (x86, 32 bits) of a text as UTF-8: the name that IPython's kernel gives to the file of a cell. */
export function murmur2(text: string): string {
  const data = utf8(text);
  let h = SEED ^ data.length;
  const end = data.length & ~3;
  for (let i = 0; i < end; i += 4) {
    const word = data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24);
    const k = Math.imul(word, M);
    h = Math.imul(h, M) ^ Math.imul(k ^ (k >>> 24), M);
  }
  if (end < data.length) {
    for (let i = data.length - 1; i >= end; i--) {
      h ^= data[i] << (8 * (i - end));
    }
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return String((h ^ (h >>> 15)) >>> 0);
}

/** Lone surrogates become U+FFFD, as in JavaScript's own encoder. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (point < 0x80) {
      bytes.push(point);
    } else if (point < 0x800) {
      bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    } else if (point < 0x10000) {
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    } else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }
  }
  return bytes;
}
