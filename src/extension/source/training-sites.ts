import * as vscode from 'vscode';
import type { Phase } from '../../core/model/phase.ts';
import type { LoopSites } from '../../core/source/loop-sites.ts';
import { narrowScripts, type RunTraits } from '../../core/source/narrow-loops.ts';
import type { RunStore } from '../runs/run-store.ts';
import { EXCLUDED_FOLDERS, type SourceChange, type WorkspaceFiles } from './workspace-files.ts';

/** More Python files than this are not looked through for training loops. */
const MAX_SOURCES = 2_000;

/** A recognized loop in a file of the workspace. */
export interface FoundLoop {
  readonly path: string;
  readonly loop: LoopSites;
}

/** The training loops of the workspace's Python files; read by a worker, on first use. */
export class TrainingSites implements vscode.Disposable {
  readonly #loopsByPath = new Map<string, readonly LoopSites[]>();
  readonly #unread = new Set<string>();
  readonly #subscription: vscode.Disposable;
  #isListed = false;
  #reading: Promise<void> | null = null;

  constructor(
    private readonly store: RunStore,
    files: WorkspaceFiles,
  ) {
    this.#subscription = files.onDidChange((change) => this.#note(change));
  }

  /** The loops that the run can be of: one where the trace tells which, else all. */
  async find(run: RunTraits): Promise<readonly FoundLoop[]> {
    await this.#readNews();
    return narrowScripts([...this.#loopsByPath.keys()].sort(), run).flatMap((path) =>
      (this.#loopsByPath.get(path) ?? []).map((loop) => ({ path, loop })),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #note(change: SourceChange): void {
    if (change.kind === 'folders') {
      this.#isListed = false;
      this.#loopsByPath.clear();
    } else if (change.kind === 'written' && this.#isListed && change.path.endsWith('.py')) {
      this.#unread.add(change.path);
    } else if (change.kind === 'deleted') {
      this.#unread.delete(change.path);
      this.#loopsByPath.delete(change.path);
    }
  }

  /** One reader at a time; who comes later waits for it, then looks again. */
  async #readNews(): Promise<void> {
    while (this.#reading !== null) {
      await this.#reading;
    }
    if (!this.#isListed || this.#unread.size > 0) {
      this.#reading = this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
  }

  async #read(): Promise<void> {
    if (!this.#isListed) {
      this.#isListed = true;
      const uris = await vscode.workspace.findFiles('**/*.py', EXCLUDED_FOLDERS, MAX_SOURCES);
      uris.forEach((uri) => this.#unread.add(uri.fsPath));
    }
    const paths = [...this.#unread].sort();
    this.#unread.clear();
    if (paths.length === 0) {
      return;
    }
    paths.forEach((path) => this.#loopsByPath.delete(path));
    const worker = this.store.startWorker(() => undefined);
    try {
      for (const { path, loops } of await worker.ask((remote) => remote.indexLoops({ paths }))) {
        this.#loopsByPath.set(path, loops);
      }
    } finally {
      worker.dispose();
    }
  }
}

/** Where one loop can say the phase, its line. */
export function lineOfPhase({ loop }: FoundLoop, phase: Phase): number | null {
  return loop.phases.find((site) => site.phase === phase)?.line ?? null;
}
