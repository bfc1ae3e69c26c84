import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import * as vscode from 'vscode';

/** Folders come in bursts, such as when an archive is unpacked. */
const GATHER_MS = 500;

const MAX_CREATED = 1_000;

/** More folders at once than this are a checkout, not runs. */
const MAX_SEARCHED = 32;

const MAX_FILES = 1_000;

export interface Wanted {
  readonly files: string;
  /** Where none are looked for. */
  readonly excluded: string;
}

/** Looks for files in new folders: of a folder that was moved, or made in one go, nothing else is told. */
export class NewFolders {
  /** Files and folders, before anything tells them apart. */
  readonly #created = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly wanted: Wanted,
    private readonly onFound: (paths: readonly string[]) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  add(path: string): void {
    if (this.#created.size < MAX_CREATED) {
      this.#created.add(path);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#search().catch(this.onError);
    }, GATHER_MS);
  }

  clear(): void {
    this.#created.clear();
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  async #search(): Promise<void> {
    const created = [...this.#created];
    this.#created.clear();
    const areFolders = await Promise.all(created.map(async (path) => await isFolder(path)));
    const folders = outermost(created.filter((_, index) => areFolders[index]));
    const { files, excluded } = this.wanted;
    for (const folder of folders.slice(0, MAX_SEARCHED)) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), files);
      const uris = await vscode.workspace.findFiles(pattern, excluded, MAX_FILES);
      this.onFound(uris.map(({ fsPath }) => fsPath));
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Without those that lie in another. */
function outermost(folders: readonly string[]): string[] {
  const known = new Set(folders);
  return folders.filter((folder) => {
    const parts = folder.split(sep);
    return !parts.some((_, index) => index > 0 && known.has(parts.slice(0, index).join(sep)));
  });
}
