/** A notebook with more cells than this is no one's work. */
const MAX_CELLS = 2_000;

/** A code cell of a notebook. */
export interface NotebookCell {
  /** Among all cells of the notebook. */
  readonly index: number;
  /** How often the cell was run, as the notebook says. */
  readonly executionCount: number | null;
  readonly text: string;
}

/** The code cells of a notebook (nbformat 4), in order; throws a SyntaxError where it is no JSON. */
export function readCells(notebook: string): readonly NotebookCell[] {
  const { cells } = Object(JSON.parse(notebook)) as { cells?: unknown };
  return (Array.isArray(cells) ? cells : []).slice(0, MAX_CELLS).flatMap((cell, index) => {
    const { cell_type, source, execution_count } = Object(cell) as Record<string, unknown>;
    const lines = Array.isArray(source) ? source : [source];
    return cell_type !== 'code'
      ? []
      : [
          {
            index,
            executionCount: typeof execution_count === 'number' ? execution_count : null,
            text: lines.filter((line) => typeof line === 'string').join(''),
          },
        ];
  });
}

/** Blanks the lines that are for IPython alone, so that all others keep their place. */
export function withoutMagics(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s*[%!?]/.test(line) ? ' '.repeat(line.length) : line))
    .join('\n');
}
