import type { Disposable } from '../../base/lifetime.ts';
import type { Report } from '../../core/model/report.ts';
import type { RunGroup } from '../../core/model/run.ts';
import type { TimelineOverview } from '../../core/model/timeline.ts';
import type { ClientOf } from '../../protocol/api.ts';
import type { RunPicture } from '../../protocol/run-picture.ts';
import type { workerApi } from '../../protocol/worker-api.ts';
import type { AnalysisWorker } from './analysis-worker.ts';
import { hasGrown } from './grown-files.ts';

/** What the analysis of a run gave; `generation` counts up with each analysis. */
export interface AnalyzedRun {
  readonly generation: number;
  readonly report: Report;
  readonly overview: TimelineOverview;
  /** Packed columns; see `step-columns.ts`. */
  readonly steps: ArrayBuffer;
  readonly finishedAtMs: number;
}

export type RunState =
  | { readonly kind: 'found' }
  | { readonly kind: 'analyzing'; readonly text: string; readonly percent: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string }
  /** All its files were deleted; what was analysed of them can still be asked. */
  | { readonly kind: 'gone'; readonly message: string };

/** Nobody waits for the analysis any more. */
export class AnalysisCanceled extends Error {
  override readonly name = 'AnalysisCanceled';
}

/** A question about an analysis that a newer one has replaced. */
export class StaleGeneration extends Error {
  override readonly name = 'StaleGeneration';
}

export interface RunHost {
  startWorker(
    onProgress: (text: string, percent: number) => void,
    onPicture: (picture: RunPicture) => void,
  ): AnalysisWorker;
  analyze(
    worker: AnalysisWorker,
    group: RunGroup,
  ): Promise<Omit<AnalyzedRun, 'generation' | 'finishedAtMs'>>;
  /** For people: that the files of the run are gone, and what comes next. */
  describeGone(group: RunGroup): string;
  nowMs(): number;
  onDidChange(run: TrainingRun): void;
}

interface Attempt {
  readonly worker: AnalysisWorker;
  readonly result: Promise<AnalyzedRun>;
  /** Files are read on: there is no progress to be shown, and the thread before it stays for the next time. */
  readonly isQuiet: boolean;
}

/**
 * One run, from found to analysed. While someone holds it, its worker keeps the tables of the
 * latest analysis; once nobody does, the worker ends and only the report stays.
 */
export class TrainingRun implements Disposable {
  #group: RunGroup;
  #state: RunState = { kind: 'found' };
  #analyzed: AnalyzedRun | null = null;
  #picture: RunPicture | null = null;
  #serving: AnalysisWorker | null = null;
  /** Has the tables of the generation before, of files that grow; the next time, it reads them on while the other serves. */
  #spare: AnalysisWorker | null = null;
  #attempt: Attempt | null = null;
  #isOutdated = false;
  /** What came during an attempt, its thread can read on. */
  #isReadOn = true;
  #isGone = false;
  #holders = 0;
  #generation = 0;

  constructor(
    group: RunGroup,
    private readonly host: RunHost,
  ) {
    this.#group = group;
  }

  get id(): string {
    return this.#group.id;
  }

  get group(): RunGroup {
    return this.#group;
  }

  get state(): RunState {
    return this.#state;
  }

  /** The latest finished analysis; stays while a newer one is under way. */
  get analyzed(): AnalyzedRun | null {
    return this.#analyzed;
  }

  /** What can be drawn of the analysis under way; null before and after. */
  get picture(): RunPicture | null {
    return this.#picture;
  }

  /** When the newest of its files was written. */
  get modifiedMs(): number {
    return this.#group.files.reduce((newest, file) => Math.max(newest, file.modifiedMs), 0);
  }

  /** Whether its files were deleted and have not returned. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether someone wants its tables, such as an open editor. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Keeps the tables in memory until the hold is released; the last release cancels what runs. */
  hold(): Disposable {
    this.#holders += 1;
    let isReleased = false;
    return {
      dispose: () => {
        if (!isReleased) {
          isReleased = true;
          this.#holders -= 1;
          this.#endIfUnused();
        }
      },
    };
  }

  /** The analysis with its tables at hand; joins the one under way or starts one. */
  async readAnalysis(): Promise<AnalyzedRun> {
    const isWaitedFor = this.#attempt?.isQuiet === false;
    if (!isWaitedFor && this.#serving !== null && this.#analyzed !== null) {
      return this.#analyzed;
    }
    try {
      return await (this.#attempt ?? this.#start()).result;
    } catch (error) {
      const isThereAnother = this.#attempt !== null || this.#serving !== null;
      if (!(error instanceof AnalysisCanceled) || !isThereAnother) {
        throw error;
      }
    }
    return await this.readAnalysis();
  }

  /** Analyses again, with the tables of the latest analysis in use until the new ones are there. */
  async analyzeAgain(): Promise<AnalyzedRun> {
    this.#cancelAttempt();
    return await this.#follow(this.#start());
  }

  /** Ends the analysis under way; what was analysed before stays. */
  cancel(): void {
    this.#cancelAttempt();
  }

  /** Waits until what was appended to the files is analysed, or has failed to be. */
  async settle(): Promise<void> {
    while (this.#attempt !== null) {
      await this.#attempt.result.catch(() => undefined);
    }
  }

  /** Asks the tables of one generation: the latest, or while files grow the one before. */
  async ask<T>(
    generation: number,
    question: (remote: ClientOf<typeof workerApi>) => Promise<T>,
  ): Promise<T> {
    const age = this.#generation - generation;
    const worker = age === 0 ? this.#serving : age === 1 ? this.#spare : null;
    if (worker === null) {
      throw new StaleGeneration(`generation ${generation} of ${this.#group.name} was replaced`);
    }
    return await worker.ask(question);
  }

  /** Its files have stopped growing: what only reading on needs is let go of. */
  rest(): void {
    this.#spare?.dispose();
    this.#spare = null;
  }

  /** Its files were deleted. The tables stay for those who hold it; {@link update} revives it. */
  loseFiles(): void {
    this.#isGone = true;
    this.#cancelAttempt();
    this.#setState(this.#stateAtRest());
  }

  /**
   * Takes the files as they are now. A run that was analysed is analysed again, newest only, as is
   * one whose holder still waits for its first analysis. Files that have grown are read on.
   */
  update(group: RunGroup): void {
    const isGrowth = !this.#isGone && hasGrown(this.#group, group);
    this.#group = group;
    this.#isGone = false;
    if (this.#attempt !== null) {
      this.#isOutdated = true;
      this.#isReadOn &&= isGrowth;
    } else if (this.#serving !== null && isGrowth) {
      this.#readOn();
    } else if (this.#analyzed !== null || this.isHeld) {
      this.#start();
    } else {
      this.#setState(this.#stateAtRest());
    }
  }

  dispose(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#cancelAttempt();
    this.rest();
    this.#serving?.dispose();
    this.#serving = null;
  }

  #start(): Attempt {
    this.#picture = null;
    const attempt = this.#attemptWith(this.#startWorker(), false);
    this.#setState({ kind: 'analyzing', text: '', percent: 0 });
    return attempt;
  }

  #readOn(): void {
    const worker = this.#spare ?? this.#startWorker();
    this.#spare = null;
    this.#attemptWith(worker, true);
  }

  #startWorker(): AnalysisWorker {
    const isShown = (): boolean => this.#attempt?.worker === worker && !this.#attempt.isQuiet;
    const worker = this.host.startWorker(
      (text, percent) => {
        if (isShown()) {
          this.#setState({ kind: 'analyzing', text, percent });
        }
      },
      (picture) => {
        if (isShown()) {
          this.#picture = picture;
          this.host.onDidChange(this);
        }
      },
    );
    return worker;
  }

  #attemptWith(worker: AnalysisWorker, isQuiet: boolean): Attempt {
    this.#isOutdated = false;
    this.#isReadOn = true;
    const attempt: Attempt = { worker, isQuiet, result: this.#run(worker, isQuiet) };
    this.#attempt = attempt;
    attempt.result.catch(() => undefined);
    return attempt;
  }

  async #run(worker: AnalysisWorker, isQuiet: boolean): Promise<AnalyzedRun> {
    try {
      const result = await this.host.analyze(worker, this.#group);
      this.#requireCurrent(worker);
      return this.#finish(worker, isQuiet, result);
    } catch (error) {
      worker.dispose();
      this.#requireCurrent(worker);
      this.#attempt = null;
      if (this.#isOutdated) {
        this.#start();
        throw new AnalysisCanceled(`the files of ${this.#group.name} have changed since`);
      }
      const message = error instanceof Error ? error.message : String(error);
      this.#setState(this.#isGone ? this.#stateAtRest() : { kind: 'failed', message });
      throw error;
    }
  }

  #finish(
    worker: AnalysisWorker,
    isQuiet: boolean,
    result: Omit<AnalyzedRun, 'generation' | 'finishedAtMs'>,
  ): AnalyzedRun {
    this.#attempt = null;
    this.#picture = null;
    this.#isGone = false;
    this.rest();
    if (isQuiet) {
      this.#spare = this.#serving;
    } else {
      this.#serving?.dispose();
    }
    this.#serving = worker;
    this.#generation += 1;
    const analyzed = { ...result, generation: this.#generation, finishedAtMs: this.host.nowMs() };
    this.#analyzed = analyzed;
    this.#setState({ kind: 'ready' });
    if (!this.#isOutdated) {
      this.#endIfUnused();
    } else if (this.#isReadOn && this.isHeld) {
      this.#readOn();
    } else {
      this.#start();
    }
    return analyzed;
  }

  /** The result of an attempt, or of the one that has replaced it. */
  async #follow(attempt: Attempt): Promise<AnalyzedRun> {
    try {
      return await attempt.result;
    } catch (error) {
      if (!(error instanceof AnalysisCanceled) || this.#attempt === null) {
        throw error;
      }
    }
    return await this.#follow(this.#attempt);
  }

  #requireCurrent(worker: AnalysisWorker): void {
    if (this.#attempt?.worker !== worker) {
      throw new AnalysisCanceled(`the analysis of ${this.#group.name} was canceled`);
    }
  }

  #endIfUnused(): void {
    if (this.isHeld) {
      return;
    }
    this.#letGo();
    if (this.#isGone) {
      this.host.onDidChange(this);
    }
  }

  #cancelAttempt(): void {
    const attempt = this.#attempt;
    if (attempt === null) {
      return;
    }
    this.#attempt = null;
    attempt.worker.dispose();
    this.#setState(this.#stateAtRest());
  }

  #stateAtRest(): RunState {
    if (this.#isGone) {
      return { kind: 'gone', message: this.host.describeGone(this.#group) };
    }
    return this.#analyzed === null ? { kind: 'found' } : { kind: 'ready' };
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.host.onDidChange(this);
  }
}
