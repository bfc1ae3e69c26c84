import { access, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS } from '../ids.ts';
import { isWatchEnabled, onDidChangeSetting } from '../settings.ts';
import { EXCLUDED_FOLDERS } from '../source/workspace-files.ts';
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
  /** Files and folders, before anything tells them apart. */
  readonly #created = new Set<string>();
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
      this.#workspace = vscode.Disposable.from(this.#watch(RUN_FILES), this.#watchWholeFolders());
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

  /** Of a deleted folder only the folder itself is told, of a new one often the same. */
  #watchWholeFolders(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, false);
    watcher.onDidCreate(({ fsPath }) => {
      addUpTo(MAX_CHANGES, this.#created, fsPath);
      this.#schedule();
    });
    watcher.onDidDelete(({ fsPath }) => {
      for (const { group } of this.store.runs) {
        const inside = group.files.filter(({ path }) => path.startsWith(fsPath + sep));
        inside.forEach(({ path }) => this.#note(path));
      }
    });
    return watcher;
  }

  #note(path: string): void {
    addUpTo(MAX_CHANGES, this.#changed, path);
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
    const changed = [...this.#changed];
    const created = [...this.#created];
    this.#changed.clear();
    this.#created.clear();
    try {
      await this.#refresh([...new Set([...changed, ...(await findRunFiles(created))])]);
    } catch (error) {
      this.log.warn(`changed files could not be looked at: ${String(error)}`);
    } finally {
      this.#isReading = false;
    }
    if (this.#changed.size + this.#created.size > 0) {
      this.#schedule();
    }
  }

  async #refresh(changed: readonly string[]): Promise<void> {
    const beside = await Promise.all(changed.map(async (path) => await listRunFolder(path)));
    const found = await this.store.discover([...new Set(beside.flat())]);
    const touched = new Set(changed);
    for (const run of this.store.runs.filter((known) => !found.includes(known))) {
      const paths = run.group.files.map(({ path }) => path);
      if (paths.some((path) => touched.has(path)) && !(await someExist(paths))) {
        this.store.remove(run);
      }
    }
  }
}

function addUpTo(limit: number, paths: Set<string>, path: string): void {
  if (paths.size < limit) {
    paths.add(path);
  }
}

/** The run files in new folders. */
async function findRunFiles(created: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    created.map(async (path) => {
      const isFolder = await stat(path).then(
        (entry) => entry.isDirectory(),
        () => false,
      );
      return isFolder
        ? await vscode.workspace.findFiles(
            new vscode.RelativePattern(vscode.Uri.file(path), RUN_FILES),
            EXCLUDED_FOLDERS,
            MAX_CHANGES,
          )
        : [];
    }),
  );
  return lists.flat().map(({ fsPath }) => fsPath);
}

/** Deletions of the files of one run may be told at different times: only the disk knows when the last is gone. */
async function someExist(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map(
      async (path) =>
        await access(path).then(
          () => true,
          () => false,
        ),
    ),
  );
  return found.includes(true);
}
