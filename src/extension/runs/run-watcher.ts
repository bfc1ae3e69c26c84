import { sep } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS } from '../ids.ts';
import { isWatchEnabled, onDidChangeSetting } from '../settings.ts';
import type { RunStore } from './run-store.ts';
import { listRunFolder } from './list-run-folder.ts';
import { RUN_FILES } from './workspace-runs.ts';

/** Files are often written in bursts; a burst is read once. */
const DEBOUNCE_MS = 500;

/** A folder may get more files at once than anyone reads at a time. */
const MAX_CHANGES = 1_000;

/**
 * Notices trace and timing files that appear, grow or go. Changes are gathered while the last ones
 * are looked at, and only the newest state of each run is read.
 */
export class RunWatcher implements vscode.Disposable {
  readonly #changed = new Set<string>();
  readonly #folders = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #workspace: vscode.Disposable | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;
  #isDisposed = false;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#subscriptions.push(
      store.onDidChangeList(() => this.#watchFolders()),
      onDidChangeSetting(SETTINGS.watch, () => this.#restart()),
    );
    this.#restart();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  #restart(): void {
    this.#stop();
    if (isWatchEnabled()) {
      this.#workspace = vscode.Disposable.from(this.#watch(RUN_FILES), this.#watchDeletions());
      this.#watchFolders();
    }
  }

  #stop(): void {
    this.#workspace?.dispose();
    this.#workspace = null;
    for (const watcher of this.#folders.values()) {
      watcher.dispose();
    }
    this.#folders.clear();
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  /** Runs outside the workspace, or with names of their own, are watched where they lie. */
  #watchFolders(): void {
    const isOn = isWatchEnabled() && !this.#isDisposed;
    for (const { group } of isOn ? this.store.runs : []) {
      if (!this.#folders.has(group.folder)) {
        const pattern = new vscode.RelativePattern(
          vscode.Uri.file(group.folder),
          '*.{json,json.gz,jsonl}',
        );
        this.#folders.set(group.folder, this.#watch(pattern));
      }
    }
  }

  #watch(pattern: vscode.GlobPattern): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const note = (uri: vscode.Uri): void => this.#note(uri.fsPath);
    watcher.onDidCreate(note);
    watcher.onDidChange(note);
    watcher.onDidDelete(note);
    return watcher;
  }

  /** Of a deleted folder only the folder itself is told. */
  #watchDeletions(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    watcher.onDidDelete(({ fsPath }) => {
      for (const { group } of this.store.runs) {
        const inside = group.files.filter(({ path }) => path.startsWith(fsPath + sep));
        inside.forEach(({ path }) => this.#note(path));
      }
    });
    return watcher;
  }

  #note(path: string): void {
    if (this.#changed.size < MAX_CHANGES) {
      this.#changed.add(path);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer === null && !this.#isReading && !this.#isDisposed) {
      this.#timer = setTimeout(() => void this.#read(), DEBOUNCE_MS);
    }
  }

  async #read(): Promise<void> {
    this.#timer = null;
    this.#isReading = true;
    const paths = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#refresh(paths);
    } catch (error) {
      this.log.warn(`changed files could not be looked at: ${String(error)}`);
    } finally {
      this.#isReading = false;
    }
    if (this.#changed.size > 0) {
      this.#schedule();
    }
  }

  async #refresh(changed: readonly string[]): Promise<void> {
    const beside = await Promise.all(changed.map(async (path) => await listRunFolder(path)));
    const found = await this.store.discover([...new Set(beside.flat())]);
    const present = new Set(found.flatMap((run) => run.group.files.map((file) => file.path)));
    for (const run of this.store.runs) {
      const isGone = run.group.files.every(
        ({ path }) => changed.includes(path) && !present.has(path),
      );
      if (isGone) {
        this.store.remove(run);
      }
    }
  }
}
