import { followLine, type LineEdit } from '../source/follow-line.ts';

/** Something that stands at a line of a file. */
export interface Placed<T> {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** How many edits the file had seen when the line was found. */
  readonly mark: number;
  readonly item: T;
}

/** All that stands at one line. */
export interface TableLine<T> {
  readonly line: number;
  readonly items: readonly T[];
}

/** What was typed into files. */
export interface Edits {
  countOf(path: string): number;
  editsAfter(path: string, count: number): readonly LineEdit[];
}

interface FileLines<T> {
  mark: number;
  /** In ascending order; each line once. */
  lines: readonly TableLine<T>[];
}

/**
 * What stands at the lines of many files, made once and asked at every key that is typed: only the edits since
 * the last time are followed.
 */
export class LineTable<T> {
  readonly #files = new Map<string, FileLines<T>>();

  constructor(
    placed: readonly Placed<T>[],
    private readonly edits: Edits,
  ) {
    const byPath = new Map<string, TableLine<T>[]>();
    for (const { path, line, mark, item } of placed) {
      const lines = byPath.get(path) ?? [];
      byPath.set(path, lines);
      lines.push({ line: followLine(line, edits.editsAfter(path, mark)), items: [item] });
    }
    for (const [path, lines] of byPath) {
      this.#files.set(path, { mark: edits.countOf(path), lines: joinLines(lines) });
    }
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Of one file, where they are after its edits; in ascending order. */
  read(path: string): readonly TableLine<T>[] {
    const file = this.#files.get(path);
    if (file === undefined) {
      return [];
    }
    const mark = this.edits.countOf(path);
    if (file.mark !== mark) {
      const news = this.edits.editsAfter(path, file.mark);
      file.mark = mark;
      file.lines = joinLines(
        file.lines.map(({ line, items }) => ({ line: followLine(line, news), items })),
      );
    }
    return file.lines;
  }
}

function joinLines<T>(lines: readonly TableLine<T>[]): TableLine<T>[] {
  const byLine = new Map<number, T[]>();
  for (const { line, items } of lines) {
    byLine.set(line, [...(byLine.get(line) ?? []), ...items]);
  }
  return [...byLine].map(([line, items]) => ({ line, items })).sort((a, b) => a.line - b.line);
}
