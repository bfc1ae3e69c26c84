import { type NotebookCell, readCells, withoutMagics } from './notebook-cells.ts';
import { PythonCode } from './python-code.ts';

/** A line of a file, or of one cell of a notebook. */
export interface CodePlace {
  /** From 1. */
  readonly line: number;
  /** The index among all cells of the notebook; null for a file. */
  readonly cell: number | null;
}

/** The code of a file as one, also that of a notebook, whose cells see what those above them define. */
export interface PythonSource {
  readonly code: PythonCode;
  /** Where a line of the code is. */
  readonly placeOf: (line: number) => CodePlace;
}

export function isNotebook(path: string): boolean {
  return path.endsWith('.ipynb');
}

/** Null where a notebook is no JSON. */
export function readPython(path: string, text: string): PythonSource | null {
  if (!isNotebook(path)) {
    return { code: new PythonCode(text), placeOf: (line) => ({ line, cell: null }) };
  }
  try {
    return joinCells(readCells(text));
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

function joinCells(cells: readonly NotebookCell[]): PythonSource {
  const places: CodePlace[] = [];
  const texts = cells.map(({ index, text }) => {
    text.split('\n').forEach((_, i) => places.push({ line: i + 1, cell: index }));
    return withoutMagics(text);
  });
  return { code: new PythonCode(texts.join('\n')), placeOf: (line) => places[line - 1] };
}
