import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PartPlace, TracePart } from '../core/formats/parts.ts';
import type { RunFile } from '../core/model/run.ts';
import type { ReadSteps, Trace } from '../core/model/trace.ts';
import { FileError } from './file-error.ts';

/** Each takes some 30 MB before it has read anything. */
const MAX_THREADS = 8;

/** Below, a thread is not worth its start. */
const MIN_TEXT_BYTES = 32 << 20;

const PACKED = /\.(?:gz|zip|zst|zstd)$/i;
/** Of traces, as a rule. */
const PACKING_RATIO = 15;

/** What a thread is asked for, and what it gives: types of one program, which is on both sides. */
export interface ReadTasks {
  readonly read: {
    readonly path: string;
    readonly maxEvents?: number | undefined;
    readonly steps?: ReadSteps | undefined;
  };
  readonly readPart: { readonly path: string; readonly format: string; readonly place: PartPlace };
}

export interface ReadResults {
  readonly read: Trace;
  readonly readPart: TracePart;
}

export type ReadTask = {
  [K in keyof ReadTasks]: { readonly kind: K } & ReadTasks[K];
}[keyof ReadTasks];

export type ReadMessage =
  | { readonly kind: 'progress'; readonly consumedBytes: number }
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'refused';
      readonly path: string;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Reading {
  readonly signal: AbortSignal;
  readonly onProgress: (consumedBytes: number) => void;
}

/** Threads that read files into columns, started when they are needed first. */
export class ReadThreads {
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: ((thread: Worker) => void)[] = [];

  constructor(
    private readonly script: URL,
    readonly count: number,
  ) {}

  /** Reads on the next thread that is free. Rejects with a `FileError` where the system refuses. */
  async run<K extends keyof ReadTasks>(
    kind: K,
    task: ReadTasks[K],
    reading: Reading,
  ): Promise<ReadResults[K]> {
    const thread = await this.#take();
    try {
      reading.signal.throwIfAborted();
      const result = await ask(thread, { kind, ...task } as ReadTask, reading);
      this.#giveBack(thread);
      return result as ReadResults[K];
    } catch (error) {
      if (error instanceof FileError) {
        this.#giveBack(thread);
      } else {
        // What it does now, nobody wants any more.
        this.#end(thread);
      }
      throw error;
    }
  }

  /** Ends the threads, and gives their memory back; they start again where they are needed again. */
  async end(): Promise<void> {
    const threads = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  /** Whether the next to be read would have to wait. */
  get isBusy(): boolean {
    return this.#idle.length === 0 && this.#all.size >= this.count;
  }

  async #take(): Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      return idle;
    }
    if (this.#all.size < this.count) {
      return this.#start();
    }
    return await new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #start(): Worker {
    const thread = new Worker(this.script, { name: 'training-sleuth-reader' });
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: Worker): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#idle.push(thread);
    } else {
      next(thread);
    }
  }

  #end(thread: Worker): void {
    void thread.terminate();
    this.#all.delete(thread);
    this.#waiting.shift()?.(this.#start());
  }
}

/** Null where one thread has read all before others would have started. */
export function threadsFor(files: readonly RunFile[], script: URL | undefined): ReadThreads | null {
  const textBytes = files.reduce(
    (sum, { path, sizeBytes }) => sum + (PACKED.test(path) ? PACKING_RATIO : 1) * sizeBytes,
    0,
  );
  // This thread reads as well.
  const count = Math.min(availableParallelism(), MAX_THREADS) - 1;
  const isWorth =
    textBytes >= MIN_TEXT_BYTES &&
    !(files.length === 1 && files.some(({ path }) => PACKED.test(path)));
  // While the program is developed there may be no bundle yet.
  const isThere = script !== undefined && existsSync(script);
  return isThere && isWorth && count > 0 ? new ReadThreads(script, count) : null;
}

function ask(thread: Worker, task: ReadTask, { signal, onProgress }: Reading): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (message: ReadMessage): void => {
      switch (message.kind) {
        case 'progress':
          onProgress(message.consumedBytes);
          break;
        case 'done':
          settle(() => resolve(message.result));
          break;
        case 'refused':
          settle(() => reject(new FileError(message.path, refusal(message))));
          break;
        case 'failed':
          settle(() => reject(new Error(message.reason)));
          break;
      }
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number): void =>
      settle(() => reject(new Error(`the thread that read a file ended with code ${code}`)));
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    thread.postMessage(task);
  });
}

function refusal({ code, reason }: { readonly code: string; readonly reason: string }): Error {
  return Object.assign(new Error(reason), code === '' ? {} : { code });
}
