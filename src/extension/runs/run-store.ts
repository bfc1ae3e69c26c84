import * as vscode from 'vscode';
import { assert } from '../../base/assert.ts';
import type { Report } from '../../core/model/report.ts';
import type { RunGroup } from '../../core/model/run.ts';
import type { ClientOf } from '../../protocol/api.ts';
import type { RunPicture } from '../../protocol/run-picture.ts';
import type { CacheSettings, DetectorOptions, workerApi } from '../../protocol/worker-api.ts';
import { baselinePath, cacheBytes, memoryLimitMb, openFolders } from '../settings.ts';
import { listRunFolder } from '../../files/list-run-folder.ts';
import { hasSameFiles, lookAtFiles } from './grown-files.ts';
import { RunWorker } from './run-worker.ts';
import { SharedWorker } from './shared-worker.ts';
import { AnalysisCanceled, TrainingRun, type RunHost } from './training-run.ts';

export interface RunStoreOptions {
  readonly workerScript: string;
  readonly toolVersion: string;
  /** Where analysed runs are kept. */
  readonly cacheFolder: string;
  readonly readDetectorOptions: () => DetectorOptions;
}

/** The one owner of what is known: which runs there are, how far each is, which one is shown. */
export class RunStore implements vscode.Disposable {
  readonly #runs = new Map<string, TrainingRun>();
  readonly #published = new WeakMap<TrainingRun, number>();
  readonly #runChanged = new vscode.EventEmitter<TrainingRun>();
  readonly #listChanged = new vscode.EventEmitter<void>();
  readonly #shownChanged = new vscode.EventEmitter<TrainingRun | null>();
  readonly #host: RunHost;
  readonly #recalling = new SharedWorker(() => this.startWorker(() => undefined));
  #shown: TrainingRun | null = null;

  /** A run was found, is being analysed, was analysed or failed. */
  readonly onDidChangeRun = this.#runChanged.event;
  readonly onDidChangeList = this.#listChanged.event;
  /** Another run is shown beside the code, or the shown one was analysed anew. */
  readonly onDidChangeShown = this.#shownChanged.event;

  constructor(
    private readonly options: RunStoreOptions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#host = {
      startWorker: (onProgress, onPicture) => this.startWorker(onProgress, onPicture),
      analyze: async (worker, group) =>
        await worker.ask((remote) => remote.analyze(this.#request(group))),
      describeGone: ({ name }) =>
        vscode.l10n.t(
          'The files of {0} were deleted. What was analyzed of them stays until you close the editor; when they are written again, they are analyzed again.',
          name,
        ),
      nowMs: () => Date.now(),
      onDidChange: (run) => this.#publish(run),
    };
  }

  /** All runs known, the newest first. */
  get runs(): readonly TrainingRun[] {
    return [...this.#runs.values()].sort((a, b) => b.modifiedMs - a.modifiedMs);
  }

  /** The run whose hints and findings are shown beside the code. */
  get shown(): TrainingRun | null {
    return this.#shown;
  }

  find(id: string): TrainingRun | null {
    return this.#runs.get(id) ?? null;
  }

  show(run: TrainingRun | null): void {
    this.#shown = run;
    this.#shownChanged.fire(run);
  }

  /**
   * Finds the runs that these files and folders hold, reading only the heads of files, and keeps
   * them. Files that are `named` are taken whatever they hold. Rejects with {@link AnalysisCanceled}
   * where the signal says so.
   */
  async discover(
    paths: readonly string[],
    named: readonly string[] = [],
    signal?: AbortSignal,
  ): Promise<readonly TrainingRun[]> {
    const groups = await this.#findGroups(paths, named, signal);
    return groups.map((group) => this.#keep(group));
  }

  /** Those of these files that are traces, by their heads; nothing is kept. */
  async findTraces(paths: readonly string[]): Promise<readonly string[]> {
    const groups = await this.#findGroups(paths, []);
    return groups.flatMap(({ files }) => files.map(({ path }) => path));
  }

  /** The run that a file belongs to, with the other ranks that lie beside it. */
  async runOfFile(path: string, signal?: AbortSignal): Promise<TrainingRun> {
    const runs = await this.discover(await listRunFolder(path), [path], signal);
    const found = runs.find((run) => hasFile(run.group, path));
    assert(found !== undefined, `${path} was named, and is in no run`);
    return found;
  }

  startWorker(
    onProgress: (text: string, percent: number) => void,
    onPicture: (picture: RunPicture) => void = () => undefined,
  ): RunWorker {
    return new RunWorker(
      {
        scriptPath: this.options.workerScript,
        memoryLimitMb: memoryLimitMb(),
        onProgress,
        onPicture,
        onError: (error) => this.log.error(error instanceof Error ? error : String(error)),
        onNotStored: (problem) =>
          this.log.warn(`an analysis was not put into the cache: ${problem}`),
      },
      {
        outOfMemory: (limitMb) =>
          vscode.l10n.t(
            'The analysis needs more than the {0} MB that it may use. Raise the setting trainingSleuth.memoryLimitMb, or record fewer steps.',
            limitMb,
          ),
        ended: (reason) =>
          vscode.l10n.t('The analysis stopped unexpectedly ({0}). The log has more.', reason),
      },
    );
  }

  /**
   * Files of a run may have grown: where they have, says so and reads them on, without looking for others. Ends when
   * that is done.
   */
  async readOn(run: TrainingRun, onGrown: () => void): Promise<void> {
    const group = await lookAtFiles(run.group);
    if (!hasSameFiles(run.group, group) && this.#runs.get(run.id) === run) {
      onGrown();
      run.update(group);
    }
    await run.settle();
  }

  /** The files of a run were deleted: it is forgotten, or kept without files while it is held. */
  remove(run: TrainingRun): void {
    if (run.isHeld) {
      run.loseFiles();
    } else {
      this.#forget(run);
    }
  }

  dispose(): void {
    for (const run of this.#runs.values()) {
      run.dispose();
    }
    this.#runs.clear();
    this.#runChanged.dispose();
    this.#listChanged.dispose();
    this.#shownChanged.dispose();
  }

  async #findGroups(
    paths: readonly string[],
    named: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly RunGroup[]> {
    if (paths.length === 0 && named.length === 0) {
      return [];
    }
    const worker = this.startWorker(() => undefined);
    const cancel = (): void => worker.dispose();
    signal?.addEventListener('abort', cancel);
    try {
      signal?.throwIfAborted();
      return await worker.ask((remote) =>
        remote.discover({ paths: [...paths], named: [...named] }),
      );
    } catch (error) {
      throw signal?.aborted === true
        ? new AnalysisCanceled('nobody looks for runs any more')
        : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      worker.dispose();
    }
  }

  /** What lines took in a run that was analyzed before, if that is kept; null else. Nothing is analyzed for it. */
  async recallLines({ group }: TrainingRun): Promise<Report['lines'] | null> {
    const request = this.#request(group);
    return request.cache === null
      ? null
      : await this.#recalling.ask((remote) => remote.recallLines(request));
  }

  #request(group: RunGroup): Parameters<ClientOf<typeof workerApi>['analyze']>[0] {
    const { readDetectorOptions, toolVersion } = this.options;
    return {
      group,
      detectorOptions: readDetectorOptions(),
      configTop: workspaceFolderOf(group.folder) ?? group.folder,
      toolVersion,
      baseline: baselinePath(),
      openFolders: openFolders(),
      cache: this.#cache(),
    };
  }

  #cache(): CacheSettings | null {
    const maxBytes = cacheBytes();
    return maxBytes === 0 ? null : { folder: this.options.cacheFolder, maxBytes };
  }

  #forget(run: TrainingRun): void {
    run.dispose();
    this.#runs.delete(run.id);
    if (this.#shown === run) {
      this.show(null);
    }
    this.#listChanged.fire();
  }

  /** A run stays the same where its group was named anew, such as when a second capture appears. */
  #keep(group: RunGroup): TrainingRun {
    const known = this.#runs.get(group.id) ?? this.runs.find((run) => shareFile(run.group, group));
    if (known === undefined) {
      const run = new TrainingRun(group, this.#host);
      this.#runs.set(group.id, run);
      this.#listChanged.fire();
      return run;
    }
    if (known.isGone || known.id !== group.id || !hasSameFiles(known.group, group)) {
      this.#runs.delete(known.id);
      this.#runs.set(group.id, known);
      known.update(group);
    }
    return known;
  }

  /** The first analysis of a run brings it into view; later ones only refresh what is in view. */
  #publish(run: TrainingRun): void {
    if (run.isGone && !run.isHeld) {
      this.#forget(run);
      return;
    }
    this.#runChanged.fire(run);
    const generation = run.analyzed?.generation ?? 0;
    if (generation === (this.#published.get(run) ?? 0)) {
      return;
    }
    this.#published.set(run, generation);
    if (generation === 1 || this.#shown === run) {
      this.show(run);
    }
  }
}

function hasFile(group: RunGroup, path: string): boolean {
  return group.files.some((file) => file.path === path);
}

function shareFile(a: RunGroup, b: RunGroup): boolean {
  const [first] = b.files;
  return first !== undefined && hasFile(a, first.path);
}

function workspaceFolderOf(path: string): string | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path))?.uri.fsPath;
}
