import type * as vscode from 'vscode';
import type { Disposable } from '../../base/lifetime.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';

/**
 * A trace file that is open in the run editor. It holds its run for as long as it is open, and has
 * it analysed while the page loads; what goes wrong is told to the page when it asks.
 */
export class RunDocument implements vscode.CustomDocument {
  /** The run that the file belongs to; rejects where it belongs to none. */
  readonly run: Promise<TrainingRun>;
  #hold: Disposable | null = null;
  #isDisposed = false;

  constructor(
    readonly uri: vscode.Uri,
    store: RunStore,
  ) {
    this.run = this.#find(store);
    this.run.catch(() => undefined);
  }

  /** The rank that this file recorded. */
  async readFocusRank(): Promise<number | null> {
    const run = await this.run;
    return run.group.files.find((file) => file.path === this.uri.fsPath)?.rank ?? null;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#hold?.dispose();
  }

  async #find(store: RunStore): Promise<TrainingRun> {
    const run = await store.runOfFile(this.uri.fsPath);
    if (!this.#isDisposed) {
      this.#hold = run.hold();
      run.readAnalysis().catch(() => undefined);
    }
    return run;
  }
}
