import { diffArrays } from 'diff';

/** What became of a line: where it is now it says the same, or it is stale, or nobody can tell. */
export type LineState = 'same' | 'moved' | 'changed' | 'gone' | 'unknown';

export interface FollowedLine {
  /** From 1, within the text as it is now; of a line that is gone, where it was. */
  readonly line: number;
  readonly state: LineState;
}

/** Texts that differ in more lines are two files rather than two versions of one. */
const MAX_DIFFERENCES = 2_000;

/** In milliseconds; finding the differences of two versions takes one or two. */
const MAX_TIME_MS = 50;

/** A shorter line stands at many places by chance. */
const MIN_TELLING_LENGTH = 6;

/**
 * Where the lines of one version of a file are in another. Indentation and line ends do not count, so that a
 * statement is still itself within a new `with`. Null where the versions have too little in common.
 */
export class LineDifferences {
  private constructor(private readonly lines: readonly FollowedLine[]) {}

  static between(before: string, after: string): LineDifferences | null {
    const old = splitLines(before);
    const now = splitLines(after);
    const changes = diffArrays(old, now, { maxEditLength: MAX_DIFFERENCES, timeout: MAX_TIME_MS });
    if (changes === undefined) {
      return null;
    }
    const lines: FollowedLine[] = [];
    const places = placesOfUnique(old, now);
    let at = 0;
    for (let i = 0; i < changes.length; i++) {
      const { added, removed, count, value } = changes[i];
      if (removed) {
        const following = changes.at(i + 1);
        const room = following?.added === true ? following.count : 0;
        value.forEach((text, k) => lines.push(whereRemoved(text, places, at, k, room)));
      } else if (added) {
        at += count;
      } else {
        value.forEach(() => {
          at += 1;
          lines.push({ line: at, state: at === lines.length + 1 ? 'same' : 'moved' });
        });
      }
    }
    return new LineDifferences(lines);
  }

  /** A line that the old version does not have keeps its number. */
  follow(line: number): FollowedLine {
    const found = line >= 1 ? this.lines.at(line - 1) : undefined;
    return found ?? { line, state: 'unknown' };
  }
}

/** The k-th line of a block that was removed at a place, where `room` lines have come instead. */
function whereRemoved(
  text: string,
  places: ReadonlyMap<string, number>,
  at: number,
  k: number,
  room: number,
): FollowedLine {
  const elsewhere = places.get(text);
  if (elsewhere !== undefined) {
    return { line: elsewhere, state: 'moved' };
  }
  return room > 0
    ? { line: at + 1 + Math.min(k, room - 1), state: 'changed' }
    : { line: Math.max(at, 1), state: 'gone' };
}

/** Line numbers of the lines that both versions have exactly once: cut and pasted, they are still themselves. */
function placesOfUnique(old: readonly string[], now: readonly string[]): Map<string, number> {
  const timesBefore = countTexts(old);
  const timesNow = countTexts(now);
  const places = new Map<string, number>();
  now.forEach((text, i) => {
    const isUnique = timesBefore.get(text) === 1 && timesNow.get(text) === 1;
    if (isUnique && text.length >= MIN_TELLING_LENGTH) {
      places.set(text, i + 1);
    }
  });
  return places;
}

function countTexts(lines: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  lines.forEach((text) => times.set(text, (times.get(text) ?? 0) + 1));
  return times;
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim());
}
