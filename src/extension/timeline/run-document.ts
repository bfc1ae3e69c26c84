import type * as vscode from 'vscode';
import type { Disposable } from '../../base/lifetime.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';

/**
 * A trace file that is open in the run editor. It holds its run for as long as it is open, and has
 * it analysed while the page loads; what goes wrong is told to the page when it asks.
 */
export class RunDocument implements vscode.CustomDocument {
  readonly #closed = new AbortController();
  #run: Promise<TrainingRun>;
  #found: TrainingRun | null = null;
  #isFinding = false;
  #hold: Disposable | null = null;

  constructor(
    readonly uri: vscode.Uri,
    private readonly store: RunStore,
  ) {
    this.#run = this.#find();
  }

  /** The run that the file belongs to; rejects where it belongs to none. */
  get run(): Promise<TrainingRun> {
    return this.#run;
  }

  /** Whether the file could not be looked at, and is not being looked at now. */
  get isMissing(): boolean {
    return this.#found === null && !this.#isFinding;
  }

  /** The run, after another look where the last one found none: the file may be there by now. */
  async lookAgain(): Promise<TrainingRun> {
    if (this.isMissing) {
      this.#run = this.#find();
    }
    return await this.#run;
  }

  /** The rank that this file recorded. */
  async readFocusRank(): Promise<number | null> {
    const run = await this.run;
    return run.group.files.find((file) => file.path === this.uri.fsPath)?.rank ?? null;
  }

  dispose(): void {
    this.#closed.abort();
    this.#hold?.dispose();
  }

  #find(): Promise<TrainingRun> {
    this.#isFinding = true;
    const run = this.#findAndHold().finally(() => {
      this.#isFinding = false;
    });
    run.catch(() => undefined);
    return run;
  }

  async #findAndHold(): Promise<TrainingRun> {
    const { signal } = this.#closed;
    const run = await this.store.runOfFile(this.uri.fsPath, signal);
    if (!signal.aborted) {
      this.#found = run;
      this.#hold = run.hold();
      run.readAnalysis().catch(() => undefined);
    }
    return run;
  }
}
