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
  /** The thread that answers reads its files on; it answers from the tables that it has until then. */
  readonly isInPlace: boolean;
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
    const isWaitedFor = this.#attempt !== null && !this.#attempt.isInPlace;
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
    if (this.#attempt?.isInPlace === true) {
      await this.#attempt.result.catch(() => undefined);
    }
    this.#cancelAttempt();
    return await this.#follow(this.#start());
  }

  /** Ends the analysis under way; what was analysed before stays. Files that are read on are not canceled. */
  cancel(): void {
    if (this.#attempt?.isInPlace !== true) {
      this.#cancelAttempt();
    }
  }

  /** Waits until what was appended to the files is analysed, or has failed to be. */
  async settle(): Promise<void> {
    while (this.#attempt !== null) {
      await this.#attempt.result.catch(() => undefined);
    }
  }

  /** Asks the tables of one generation. What takes long, and began with these tables, ends with them. */
  async ask<T>(
    generation: number,
    question: (remote: ClientOf<typeof workerApi>) => Promise<T>,
    takesLong = false,
  ): Promise<T> {
    const stale = (): StaleGeneration =>
      new StaleGeneration(`generation ${generation} of ${this.#group.name} was replaced`);
    if (this.#serving === null || this.#analyzed?.generation !== generation) {
      throw stale();
    }
    const answer = await this.#serving.ask(question);
    // Answers come in order: after those of newer tables, this one is of them.
    if (this.#analyzed.generation !== generation && !takesLong) {
      throw stale();
    }
    return answer;
  }

  /** Its files were deleted. The tables stay for those who hold it; {@link update} revives it. */
  loseFiles(): void {
    this.#isGone = true;
    this.cancel();
    this.#setState(this.#stateAtRest());
  }

  /**
   * Takes the files as they are now. A run that was analysed is analysed again, newest only, as is
   * one whose holder still waits for its first analysis. Files that have grown are read on where they were read.
   */
  update(group: RunGroup): void {
    const isGrowth = !this.#isGone && hasGrown(this.#group, group);
    this.#group = group;
    this.#isGone = false;
    if (this.#attempt !== null) {
      this.#isOutdated = true;
      this.#isReadOn &&= isGrowth;
    } else if (this.#serving !== null && isGrowth) {
      this.#attemptWith(this.#serving, true);
    } else if (this.#analyzed !== null || this.isHeld) {
      this.#start();
    } else {
      this.#setState(this.#stateAtRest());
    }
  }

  dispose(): void {
    this.#cancelAttempt();
    this.#serving?.dispose();
    this.#serving = null;
  }

  #start(): Attempt {
    const isShown = (): boolean => this.#attempt?.worker === worker && !this.#attempt.isInPlace;
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
    this.#picture = null;
    const attempt = this.#attemptWith(worker, false);
    this.#setState({ kind: 'analyzing', text: '', percent: 0 });
    return attempt;
  }

  #attemptWith(worker: AnalysisWorker, isInPlace: boolean): Attempt {
    this.#isOutdated = false;
    this.#isReadOn = true;
    const attempt: Attempt = { worker, isInPlace, result: this.#run(worker, isInPlace) };
    this.#attempt = attempt;
    attempt.result.catch(() => undefined);
    return attempt;
  }

  async #run(worker: AnalysisWorker, isInPlace: boolean): Promise<AnalyzedRun> {
    try {
      const result = await this.host.analyze(worker, this.#group);
      this.#requireCurrent(worker);
      return this.#finish(worker, result);
    } catch (error) {
      this.#letGo(worker, isInPlace);
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

  /** After a failure. A thread that has tables goes on answering from them. */
  #letGo(worker: AnalysisWorker, isInPlace: boolean): void {
    if (isInPlace && !worker.hasFailed) {
      return;
    }
    worker.dispose();
    if (this.#serving === worker) {
      this.#serving = null;
    }
  }

  #finish(
    worker: AnalysisWorker,
    result: Omit<AnalyzedRun, 'generation' | 'finishedAtMs'>,
  ): AnalyzedRun {
    const isInPlace = this.#serving === worker;
    this.#attempt = null;
    this.#picture = null;
    this.#isGone &&= isInPlace;
    if (!isInPlace) {
      this.#serving?.dispose();
    }
    this.#serving = worker;
    this.#generation += 1;
    const analyzed = { ...result, generation: this.#generation, finishedAtMs: this.host.nowMs() };
    this.#analyzed = analyzed;
    this.#setState(this.#stateAtRest());
    if (!this.#isOutdated) {
      this.#endIfUnused();
    } else if (this.#isReadOn && this.isHeld) {
      this.#attemptWith(worker, true);
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
    this.#cancelAttempt();
    this.#serving?.dispose();
    this.#serving = null;
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
