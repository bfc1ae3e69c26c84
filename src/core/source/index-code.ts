import { indexAnnotations } from './annotation-index.ts';
import { indexFunctions } from './code-functions.ts';
import type { CodeUnit } from '../model/code-unit.ts';
import { murmur2 } from './murmur2.ts';
import { readCells, withoutMagics } from './notebook-cells.ts';
import { PythonCode } from './python-code.ts';

/** What a Python file says that traces can name. */
export function indexFile(text: string): CodeUnit {
  return indexUnit(text, null, null);
}

/** The code cells of a notebook (nbformat 4), in order; throws a SyntaxError where it is no JSON. */
export function indexNotebook(text: string): CodeUnit[] {
  return readCells(text).map((cell) => indexUnit(cell.text, cell.index, cell.executionCount));
}

function indexUnit(text: string, cell: number | null, executionCount: number | null): CodeUnit {
  const code = new PythonCode(cell === null ? text : withoutMagics(text));
  return {
    cell,
    executionCount,
    hash: murmur2(text),
    lineCount: text.split('\n').length,
    sites: [...indexAnnotations(code)],
    functions: [...indexFunctions(code)],
  };
}
