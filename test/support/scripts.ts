import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHASES, type Phase } from '../../src/core/model/phase.ts';
import type { TrainingIdiom } from '../../src/core/source/training-code.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'scripts');

/** Lines of a text that do the work of a phase, from 1; any of them is right. */
export type PhaseLines = ReadonlyMap<Phase, readonly number[]>;

/** A script, or a code cell of a notebook, and what its author says of it. */
export interface TrainingText {
  /** The index among all cells, those of text too; null outside of notebooks. */
  readonly cell: number | null;
  readonly text: string;
  readonly phases: PhaseLines;
}

export interface TrainingScript {
  /** Without its ending. */
  readonly name: string;
  readonly path: string;
  readonly idiom: TrainingIdiom;
  /** One for a script; the code cells of a notebook, in order. */
  readonly texts: readonly TrainingText[];
}

interface Truth {
  readonly idiom: TrainingIdiom;
  readonly phases?: Readonly<Record<string, readonly number[]>>;
  readonly cells?: readonly {
    readonly cell: number;
    readonly phases: Readonly<Record<string, readonly number[]>>;
  }[];
}

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** The training scripts of `test/fixtures/scripts`, in the order of their names. */
export const TRAINING_SCRIPTS: readonly TrainingScript[] = readdirSync(FOLDER)
  .filter((file) => /(?<!^record)\.(py|ipynb)$/.test(file))
  .sort()
  .map(readScript);

function readScript(file: string): TrainingScript {
  const path = join(FOLDER, file);
  const name = file.replace(/\.\w+$/, '');
  const truth = JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), 'utf8')) as Truth;
  const text = readFileSync(path, 'utf8');
  const texts: TrainingText[] = file.endsWith('.ipynb')
    ? readCells(text, truth)
    : [{ cell: null, text, phases: linesOf(truth.phases ?? {}) }];
  return { name, path, idiom: truth.idiom, texts };
}

function readCells(text: string, truth: Truth): TrainingText[] {
  const { cells } = JSON.parse(text) as Notebook;
  return cells.flatMap(({ cell_type, source }, cell) =>
    cell_type !== 'code'
      ? []
      : [
          {
            cell,
            text: source.join(''),
            phases: linesOf(truth.cells?.find((of) => of.cell === cell)?.phases ?? {}),
          },
        ],
  );
}

function linesOf(phases: Readonly<Record<string, readonly number[]>>): PhaseLines {
  return new Map(
    PHASES.filter((phase) => phase in phases).map((phase) => [phase, phases[phase] ?? []]),
  );
}
