import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { CodeUnit } from '../../core/model/code-unit.ts';
import type { RunStore } from '../runs/run-store.ts';

/** Files whose code is kept; a run names few. */
const MAX_FILES = 200;

interface Read {
  readonly version: string;
  readonly units: Promise<readonly CodeUnit[]>;
}

/** The functions of Python files and notebooks with their calls; read by a worker when asked, kept until the file changes. */
export class CodeUnits {
  readonly #readByPath = new Map<string, Read>();

  constructor(private readonly store: RunStore) {}

  /** As on disk: one of a file, those of the code cells of a notebook. */
  async read(path: string): Promise<readonly CodeUnit[]> {
    const version = await versionOf(path);
    const known = this.#readByPath.get(path);
    if (known?.version === version) {
      return await known.units;
    }
    const units = this.#ask(path);
    this.#readByPath.delete(path);
    this.#readByPath.set(path, { version, units });
    const [oldest] = this.#readByPath.keys();
    if (this.#readByPath.size > MAX_FILES && oldest !== undefined) {
      this.#readByPath.delete(oldest);
    }
    return await units;
  }

  async #ask(path: string): Promise<readonly CodeUnit[]> {
    const worker = this.store.startWorker(() => undefined);
    try {
      return await worker.ask((remote) => remote.indexCode({ path }));
    } catch {
      this.#readByPath.delete(path);
      return [];
    } finally {
      worker.dispose();
    }
  }
}

/** When the file was written and its size; empty where there is none. */
async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return '';
  }
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
