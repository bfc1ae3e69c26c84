import type { AnalysisWorker } from './analysis-worker.ts';

interface Shared {
  readonly worker: AnalysisWorker;
  asked: number;
}

/** One thread for all questions that are asked at a time; it ends with the last answer, and where it has failed. */
export class SharedWorker implements Pick<AnalysisWorker, 'ask'> {
  #shared: Shared | null = null;

  constructor(private readonly start: () => AnalysisWorker) {}

  ask: AnalysisWorker['ask'] = async (question) => {
    this.#shared ??= { worker: this.start(), asked: 0 };
    const shared = this.#shared;
    shared.asked += 1;
    try {
      return await shared.worker.ask(question);
    } catch (error) {
      this.#leave(shared);
      throw error;
    } finally {
      shared.asked -= 1;
      if (shared.asked === 0) {
        this.#leave(shared);
        shared.worker.dispose();
      }
    }
  };

  #leave(shared: Shared): void {
    if (this.#shared === shared) {
      this.#shared = null;
    }
  }
}
