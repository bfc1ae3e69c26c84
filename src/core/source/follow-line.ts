/** An edit that changed the number of lines; lines count from 1. */
export interface LineEdit {
  readonly timeMs: number;
  /** The line in which the edit begins, which stays; 0 where the edit is before the first. */
  readonly line: number;
  readonly removedLines: number;
  readonly addedLines: number;
}

/** Where a line is after edits, in their order; a line that was removed is where the edit begins. */
export function followLine(line: number, edits: readonly LineEdit[]): number {
  let now = line;
  for (const { line: first, removedLines, addedLines } of edits) {
    if (now > first + removedLines) {
      now += addedLines - removedLines;
    } else if (now > first) {
      now = first;
    }
  }
  return now;
}
