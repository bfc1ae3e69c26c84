import { Worker } from 'node:worker_threads';
import type { ClientOf } from '../../protocol/api.ts';
import { Channel } from '../../protocol/channel.ts';
import type { RunPicture } from '../../protocol/run-picture.ts';
import { threadPort } from '../../protocol/thread-port.ts';
import { workerApi, workerNoticeApi } from '../../protocol/worker-api.ts';
import type { AnalysisWorker } from './analysis-worker.ts';

/** The worker thread ended by itself; the message tells a person why and what to do. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

/** A disk that does not answer must not keep a thread for ever. */
const MAX_STORING_MS = 60_000;

export interface WorkerOptions {
  readonly scriptPath: string;
  readonly memoryLimitMb: number;
  readonly onProgress: (text: string, percent: number) => void;
  readonly onPicture?: (picture: RunPicture) => void;
  readonly onError: (error: unknown) => void;
  /** The analysis could not be put into the cache. */
  readonly onNotStored?: (problem: string) => void;
}

export interface WorkerWords {
  readonly outOfMemory: (limitMb: number) => string;
  readonly ended: (reason: string) => string;
}

/**
 * The analysis on its own thread. Disposing it ends the thread, whatever it is doing; what it is putting into the
 * cache it may finish.
 */
export class RunWorker implements AnalysisWorker {
  readonly #worker: Worker;
  readonly #channel: Channel<typeof workerNoticeApi, typeof workerApi>;
  #failure: WorkerFailed | null = null;
  #isStoring = false;
  #isDisposed = false;

  constructor(options: WorkerOptions, words: WorkerWords) {
    this.#worker = new Worker(options.scriptPath, {
      name: 'training-sleuth',
      resourceLimits: { maxOldGenerationSizeMb: options.memoryLimitMb },
      execArgv: [],
    });
    this.#channel = new Channel(
      threadPort(this.#worker),
      workerNoticeApi,
      {
        progressed: ({ text, percent }) => options.onProgress(text, percent),
        drawn: (picture) => {
          if (!this.#isDisposed) {
            options.onPicture?.(picture);
          }
        },
        storing: () => {
          this.#isStoring = true;
        },
        stored: ({ problem }) => {
          this.#isStoring = false;
          if (problem !== null) {
            options.onNotStored?.(problem);
          }
          if (this.#isDisposed) {
            this.#end();
          }
        },
      },
      workerApi,
      options.onError,
    );
    this.#worker.on('error', (error: Error & { code?: string }) => {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(isMemory ? words.outOfMemory(options.memoryLimitMb) : words.ended(error.message));
      options.onError(error);
    });
    this.#worker.on('exit', (code) => this.#fail(words.ended(`exit code ${code}`)));
  }

  /** Asks the thread; rejects with {@link WorkerFailed} if it ends before it answers. */
  async ask<T>(question: (remote: ClientOf<typeof workerApi>) => Promise<T>): Promise<T> {
    try {
      return await question(this.#channel.remote);
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#isStoring) {
      setTimeout(() => this.#end(), MAX_STORING_MS).unref();
    } else {
      this.#end();
    }
  }

  #end(): void {
    this.#channel.dispose();
    void this.#worker.terminate();
  }

  #fail(message: string): void {
    this.#failure ??= new WorkerFailed(message);
    this.#channel.dispose();
  }
}
