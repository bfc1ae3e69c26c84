import { stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS } from '../ids.ts';
import { isWatchEnabled, onDidChangeSetting } from '../settings.ts';
import { ChangeSchedule } from './change-schedule.ts';
import { FolderWatchers } from './folder-watchers.ts';
import { listRunFolder, TRACE_NAME } from '../../files/list-run-folder.ts';
import { NewFolders } from '../new-folders.ts';
import { GROWING_FORMAT } from './grown-files.ts';
import { LiveRuns } from './live-runs.ts';
import type { RunStore } from './run-store.ts';
import type { TrainingRun } from './training-run.ts';
import { DUMP_FILES, isPassedOver, TRACE_FILES, PASSED_OVER } from './workspace-runs.ts';

/**
 * Notices trace and timing files that appear, grow or go, by their first bytes whatever their name.
 * Changes are gathered until a {@link ChangeSchedule} calls them due, and only the newest state of
 * each run is read. What is appended to the span files of an analysed run is read on.
 */
export class RunWatcher implements vscode.Disposable {
  readonly #schedule = new ChangeSchedule();
  readonly #newFolders: NewFolders;
  readonly #folders: FolderWatchers;
  readonly #live = new LiveRuns();
  /** Files of runs that came or went: what is to be read on may be gone. */
  readonly #arrived = new Set<string>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #workspace: vscode.Disposable | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;
  #isDisposed = false;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#newFolders = new NewFolders(
      { files: TRACE_FILES, excluded: PASSED_OVER },
      (paths) => paths.forEach((path) => this.#note(path, 'arrival')),
      (error) => log.warn(`new folders could not be looked through: ${String(error)}`),
    );
    this.#folders = new FolderWatchers((pattern) => this.#watch(pattern));
    this.#subscriptions.push(
      store.onDidChangeList(() => this.#watchFolders()),
      store.onDidChangeRun(({ state }) => {
        if (state.kind !== 'analyzing') {
          this.#watchFolders();
        }
      }),
      onDidChangeSetting(SETTINGS.watch, () => this.#restart()),
    );
    this.#restart();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
    this.#live.dispose();
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  #restart(): void {
    this.#stop();
    if (isWatchEnabled()) {
      this.#workspace = vscode.Disposable.from(
        this.#watch(TRACE_FILES),
        this.#watch(DUMP_FILES),
        this.#watchWholeFolders(),
      );
      this.#watchFolders();
    }
  }

  #stop(): void {
    this.#workspace?.dispose();
    this.#workspace = null;
    this.#folders.watch([]);
    this.#newFolders.clear();
    this.#schedule.clear();
    this.#arrived.clear();
    this.#plan();
  }

  /** Runs outside the workspace are watched where they lie. */
  #watchFolders(): void {
    const isOn = isWatchEnabled() && !this.#isDisposed;
    this.#folders.watch(
      (isOn ? this.store.runs : []).flatMap(({ group }) =>
        group.files.map(({ path }) => dirname(path)),
      ),
    );
  }

  #watch(pattern: vscode.GlobPattern): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    watcher.onDidCreate(({ fsPath }) => this.#note(fsPath, 'arrival'));
    watcher.onDidChange(({ fsPath }) => this.#note(fsPath, 'growth'));
    watcher.onDidDelete(({ fsPath }) => this.#note(fsPath, 'arrival'));
    return watcher;
  }

  /** Of a deleted folder only the folder itself is told, of a new one often the same. */
  #watchWholeFolders(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, false);
    watcher.onDidCreate(({ fsPath }) => {
      if (!TRACE_NAME.test(fsPath) && !isPassedOver(fsPath + sep)) {
        this.#newFolders.add(fsPath);
      }
    });
    watcher.onDidDelete(({ fsPath }) => {
      for (const { group } of this.store.runs) {
        const inside = group.files.filter(({ path }) => path.startsWith(fsPath + sep));
        inside.forEach(({ path }) => this.#note(path, 'arrival'));
      }
    });
    return watcher;
  }

  #note(path: string, change: 'arrival' | 'growth'): void {
    if (isPassedOver(path) && this.#runsOf(path).length === 0) {
      return;
    }
    if (change === 'arrival') {
      if (this.#runsOf(path).length > 0) {
        this.#arrived.add(path);
      }
      this.#schedule.noteArrival(path, Date.now());
    } else if (this.#readersOn(path).length > 0) {
      this.#schedule.noteAppended(path, Date.now());
    } else {
      this.#schedule.noteGrowth(path, Date.now());
    }
    this.#plan();
  }

  /** One reading at a time; each plans the next. */
  #plan(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    const { nextMs } = this.#schedule;
    if (nextMs !== null && !this.#isReading && !this.#isDisposed) {
      const waitMs = Math.max(0, nextMs - Date.now());
      this.#timer = setTimeout(() => void this.#read(), waitMs);
    }
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      const due = this.#schedule.takeDue(Date.now());
      const appended = due.filter(
        (path) => !this.#arrived.has(path) && this.#readersOn(path).length > 0,
      );
      due.forEach((path) => this.#arrived.delete(path));
      for (const run of new Set(appended.flatMap((path) => this.#readersOn(path)))) {
        this.#readOn(run).catch((error: unknown) =>
          this.log.warn(`${run.group.name} could not be read on: ${String(error)}`),
        );
      }
      await this.#refresh(due.filter((path) => !appended.includes(path)));
    } catch (error) {
      this.log.warn(`changed files could not be looked at: ${String(error)}`);
    } finally {
      this.#isReading = false;
    }
    this.#plan();
  }

  /** The runs that have read this file, and can read it on. */
  #readersOn(path: string): readonly TrainingRun[] {
    const runs = this.#runsOf(path);
    const canReadOn = ({ analyzed, isGone, group }: TrainingRun): boolean =>
      analyzed !== null &&
      !isGone &&
      group.files.some((file) => file.path === path && file.format === GROWING_FORMAT);
    return runs.every(canReadOn) ? runs : [];
  }

  /** Of a run that nobody holds, the thread with its tables stays while it grows. */
  async #readOn(run: TrainingRun): Promise<void> {
    const beganMs = Date.now();
    await this.store.readOn(run, () => this.#live.touch(run));
    const costMs = Date.now() - beganMs;
    run.group.files.forEach(({ path }) => this.#schedule.noteCost(path, costMs));
    this.#plan();
  }

  async #refresh(changed: readonly string[]): Promise<void> {
    const known = new Set(
      this.store.runs.flatMap(({ group }) => group.files.map(({ path }) => path)),
    );
    const strangers = changed.filter((path) => !known.has(path));
    const traces = [
      ...changed.filter((path) => known.has(path)),
      ...(await this.store.findTraces(strangers)),
    ];
    const found = new Set(await this.store.discover(await listBeside(traces)));
    const touched = new Set(changed.flatMap((path) => this.#runsOf(path)));
    for (const run of touched) {
      if (!found.has(run)) {
        await this.#lookAgain(run);
      }
    }
  }

  /** Of a run that is not found any more, its files are gone, or they are traces only by being asked for. */
  async #lookAgain(run: TrainingRun): Promise<void> {
    const sizes = await Promise.all(run.group.files.map(async ({ path }) => await sizeOf(path)));
    if (sizes.every((size) => size === null)) {
      this.#live.release(run);
      this.store.remove(run);
      return;
    }
    const filled = run.group.files.filter((_, index) => (sizes[index] ?? 0) > 0);
    if (run.isHeld && filled.length > 0) {
      await this.store.discover(
        [],
        filled.map(({ path }) => path),
      );
    }
  }

  #runsOf(path: string): readonly TrainingRun[] {
    return this.store.runs.filter(({ group }) => group.files.some((file) => file.path === path));
  }
}

/** These files and what lies beside them, each folder listed once for names that differ in numbers. */
async function listBeside(paths: readonly string[]): Promise<string[]> {
  const bySeries = new Map(paths.map((path) => [path.replaceAll(/\d+/g, '#'), path]));
  const lists = await Promise.all(
    [...bySeries.values()].map(async (path) => await listRunFolder(path)),
  );
  return [...new Set([...paths, ...lists.flat()])];
}

/** In bytes; null where there is no such file. Only the disk knows when the last of a run is gone. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}
