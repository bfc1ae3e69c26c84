import { indexAnnotations } from './annotation-index.ts';
import { indexFunctions } from './code-functions.ts';
import type { CodeUnit } from '../model/code-unit.ts';
import { murmur2 } from './murmur2.ts';
import { PythonCode } from './python-code.ts';

/** A notebook with more cells than this is no one's work. */
const MAX_CELLS = 2_000;

/** What a Python file says that traces can name. */
export function indexFile(text: string): CodeUnit {
  return indexUnit(text, null, null);
}

/** The code cells of a notebook (nbformat 4), in order; throws a SyntaxError where it is no JSON. */
export function indexNotebook(text: string): CodeUnit[] {
  const { cells } = Object(JSON.parse(text)) as { cells?: unknown };
  return (Array.isArray(cells) ? cells : []).slice(0, MAX_CELLS).flatMap((cell, index) => {
    const { cell_type, source, execution_count } = Object(cell) as Record<string, unknown>;
    const lines = Array.isArray(source) ? source : [source];
    return cell_type !== 'code'
      ? []
      : [
          indexUnit(
            lines.filter((line) => typeof line === 'string').join(''),
            index,
            typeof execution_count === 'number' ? execution_count : null,
          ),
        ];
  });
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

/** Blanks the lines that are for IPython alone, so that all others keep their place. */
export function withoutMagics(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s*[%!?]/.test(line) ? ' '.repeat(line.length) : line))
    .join('\n');
}
