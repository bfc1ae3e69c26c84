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

/** A stretch of the text before all edits, or, where `from` is null, text that was put in. */
interface Piece {
  readonly from: number | null;
  readonly length: number;
  readonly insert: string;
}

/** Edits of one text that do what these do after each other, each list counting in the text after the one before. */
export function joinEdits(text: string, steps: readonly (readonly TextEdit[])[]): TextEdit[] {
  let pieces: readonly Piece[] = [{ from: 0, length: text.length, insert: '' }];
  for (const edits of steps) {
    pieces = editPieces(pieces, edits);
  }
  const joined: TextEdit[] = [];
  let position = 0;
  let insert = '';
  for (const piece of [...pieces, { from: text.length, length: 0, insert: '' }]) {
    if (piece.from === null) {
      insert += piece.insert;
    } else {
      if (insert !== '' || piece.from > position) {
        joined.push({ from: position, to: piece.from, insert });
      }
      insert = '';
      position = piece.from + piece.length;
    }
  }
  return joined;
}

function editPieces(pieces: readonly Piece[], edits: readonly TextEdit[]): readonly Piece[] {
  const result: Piece[] = [];
  let position = 0;
  for (const { from, to, insert } of [...edits].sort((a, b) => a.from - b.from)) {
    result.push(...cutPieces(pieces, position, from));
    result.push({ from: null, length: insert.length, insert });
    position = to;
  }
  return [...result, ...cutPieces(pieces, position, Infinity)];
}

/** The pieces between two offsets of the text that they make. */
function cutPieces(pieces: readonly Piece[], from: number, to: number): Piece[] {
  let start = 0;
  return pieces.flatMap((piece) => {
    const skipped = Math.max(0, from - start);
    const length = Math.min(piece.length, to - start) - skipped;
    start += piece.length;
    return length <= 0
      ? []
      : [
          {
            from: piece.from === null ? null : piece.from + skipped,
            length,
            insert: piece.insert.slice(skipped, skipped + length),
          },
        ];
  });
}
