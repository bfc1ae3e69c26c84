import type { RunFile } from '../core/model/run.ts';
import type { Trace } from '../core/model/trace.ts';
import { FileError } from './file-error.ts';
import { FollowedFile } from './followed-file.ts';

/** A file that was written less than this before may be written again. */
const LIVE_MS = 60_000;

/** More files than stay in memory as traces do not stay in it twice. */
const MAX_FILES = 32;

/** The files of a run that are read on from where they ended: span files that grow. */
export class FollowedFiles {
  readonly #files = new Map<string, FollowedFile>();
  #rounds = 0;

  /** A run is about to be read: from the second time on, its span files are followed, whenever they were written. */
  begin(files: readonly RunFile[]): void {
    this.#rounds += 1;
    const paths = new Set(files.map(({ path }) => path));
    for (const path of this.#files.keys()) {
      if (!paths.has(path)) {
        this.#files.delete(path);
      }
    }
  }

  /** Null where the file is not followed, or cannot be. Throws a {@link FileError}, and what `signal` throws. */
  async read(
    { path, format, modifiedMs }: RunFile,
    signal: AbortSignal,
    onRead: (byteLength: number) => void,
  ): Promise<Trace | null> {
    const isLive = this.#rounds > 1 || Date.now() - modifiedMs < LIVE_MS;
    if (format !== 'spans' || !(isLive && this.#canTake(path))) {
      return null;
    }
    const file = this.#files.get(path) ?? new FollowedFile(path);
    this.#files.set(path, file);
    try {
      return await file.readOn(signal, onRead);
    } catch (error) {
      signal.throwIfAborted();
      throw new FileError(path, error);
    }
  }

  #canTake(path: string): boolean {
    return this.#files.has(path) || this.#files.size < MAX_FILES;
  }
}
