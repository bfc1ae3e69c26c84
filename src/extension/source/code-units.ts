import * as vscode from 'vscode';
import type { CodeUnit } from '../../core/model/code-unit.ts';
import type { RunStore } from '../runs/run-store.ts';
import { SharedWorker } from '../runs/shared-worker.ts';
import { KeptByFile } from './kept-by-file.ts';
import { readSmallFile } from './recorded-texts.ts';

/** Files that are kept; a run names few. */
const MAX_FILES = 200;

/** The functions of Python files and notebooks with their calls; read by a worker when asked, kept until the file changes. */
export class CodeUnits {
  readonly #units = new KeptByFile(MAX_FILES, async (path) => await this.#ask(path));
  readonly #lineCounts = new KeptByFile(MAX_FILES, countLines);
  readonly #worker: SharedWorker;

  constructor(store: RunStore) {
    this.#worker = new SharedWorker(() => store.startWorker(() => undefined));
  }

  /** As on disk: one of a file, those of the code cells of a notebook. */
  async read(path: string): Promise<readonly CodeUnit[]> {
    return await this.#units.read(path);
  }

  /** How many lines a file has, which needs no parser; null where it cannot be read. */
  async countLines(path: string): Promise<number | null> {
    return await this.#lineCounts.read(path);
  }

  async #ask(path: string): Promise<readonly CodeUnit[]> {
    try {
      return await this.#worker.ask((remote) => remote.indexCode({ path }));
    } catch {
      this.#units.forget(path);
      return [];
    }
  }
}

async function countLines(path: string): Promise<number | null> {
  const text = await readSmallFile(path);
  return text?.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1) ?? null;
}

/** Under which a file, or one cell of a notebook, is known: a path, with the index of the cell. */
export function documentKey(path: string, cell: number | null): string {
  return cell === null ? path : `${path}#cell ${cell}`;
}

/** The key of an open document; null where it is neither a file nor a cell of an open notebook. */
export function keyOfDocument({ uri }: vscode.TextDocument): string | null {
  if (uri.scheme === 'file') {
    return uri.fsPath;
  }
  const cell = vscode.workspace.notebookDocuments
    .filter((notebook) => notebook.uri.scheme === 'file')
    .flatMap((notebook) => notebook.getCells())
    .find(({ document }) => document.uri.toString() === uri.toString());
  return cell === undefined ? null : documentKey(cell.notebook.uri.fsPath, cell.index);
}
