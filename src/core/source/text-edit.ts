/** What is to be put in the place of a stretch of text; offsets count UTF-16 units of the text before all edits. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Applies edits that do not overlap; several at one place keep their order. Throws a RangeError where they overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.from - b.from);
  let result = '';
  let position = 0;
  for (const { from, to, insert } of ordered) {
    if (from < position || to < from || to > text.length) {
      throw new RangeError(`the edit at ${from} overlaps another or lies outside of the text`);
    }
    result += text.slice(position, from) + insert;
    position = to;
  }
  return result + text.slice(position);
}
