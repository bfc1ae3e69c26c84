import * as vscode from 'vscode';
import type { AnalysisWorker } from '../runs/analysis-worker.ts';
import type { RunStore } from '../runs/run-store.ts';
import {
  EXCLUDED_FOLDERS,
  isSource,
  type SourceChange,
  SOURCES,
  type WorkspaceFiles,
} from './workspace-files.ts';

export interface WorkspaceIndexOptions<T> {
  readonly files: WorkspaceFiles;
  /** Of more Python files and notebooks, the rest is not looked through. */
  readonly maxFiles: number;
  readonly read: (
    worker: AnalysisWorker,
    paths: readonly string[],
  ) => Promise<readonly { readonly path: string; readonly items: readonly T[] }[]>;
  /** What is looked for, for the log. */
  readonly what: string;
}

/** What a worker finds in the Python files and notebooks of the workspace: in all on first use, then in those that have changed. */
export class WorkspaceIndex<T> implements vscode.Disposable {
  readonly #itemsByPath = new Map<string, readonly T[]>();
  readonly #unread = new Set<string>();
  readonly #subscription: vscode.Disposable;
  #isListed = false;
  #reading: Promise<void> | null = null;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
    private readonly options: WorkspaceIndexOptions<T>,
  ) {
    this.#subscription = options.files.onDidChange((change) => this.#note(change));
  }

  /** By path. One reader at a time; who comes later waits for it, then looks again. */
  async read(): Promise<ReadonlyMap<string, readonly T[]>> {
    while (this.#reading !== null) {
      await this.#reading;
    }
    if (!this.#isListed || this.#unread.size > 0) {
      this.#reading = this.#readNews().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#itemsByPath;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #note(change: SourceChange): void {
    if (change.kind === 'folders') {
      this.#isListed = false;
      this.#itemsByPath.clear();
    } else if (change.kind === 'written' && this.#isListed && isSource(change.path)) {
      this.#unread.add(change.path);
    } else if (change.kind === 'deleted') {
      this.#unread.delete(change.path);
      this.#itemsByPath.delete(change.path);
    }
  }

  async #readNews(): Promise<void> {
    if (!this.#isListed) {
      this.#isListed = true;
      const { maxFiles, what } = this.options;
      const uris = await vscode.workspace.findFiles(SOURCES, EXCLUDED_FOLDERS, maxFiles);
      if (uris.length === maxFiles) {
        this.log.warn(`only ${maxFiles} Python files and notebooks are looked through for ${what}`);
      }
      uris.forEach((uri) => this.#unread.add(uri.fsPath));
    }
    const paths = [...this.#unread].sort();
    this.#unread.clear();
    if (paths.length === 0) {
      return;
    }
    const worker = this.store.startWorker(() => undefined);
    try {
      const read = await this.options.read(worker, paths);
      paths.forEach((path) => this.#itemsByPath.delete(path));
      for (const { path, items } of read) {
        this.#itemsByPath.set(path, items);
      }
    } finally {
      worker.dispose();
    }
  }
}
