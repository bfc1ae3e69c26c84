/** Breaks text at spaces into lines of at most `width` characters; a longer word is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [, space = '', word = ''] of text.matchAll(/( *)([^ ]+)/g)) {
    for (const [i, piece] of pieces(word, width).entries()) {
      const gap = line === '' || i > 0 ? '' : space;
      if (line !== '' && line.length + gap.length + piece.length > width) {
        lines.push(line);
        line = piece;
      } else {
        line += gap + piece;
      }
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** {@link wrap} with every line after `indent`, the first after `first`. */
export function wrapIndented(
  text: string,
  width: number,
  { first, indent }: { readonly first: string; readonly indent: string },
): readonly string[] {
  return wrap(text, width - indent.length).map((line, i) => (i === 0 ? first : indent) + line);
}

function pieces(word: string, width: number): readonly string[] {
  const result: string[] = [];
  for (let start = 0; start < word.length; start += width) {
    result.push(word.slice(start, start + width));
  }
  return result;
}
