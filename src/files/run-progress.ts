import type { RunFile } from '../core/model/run.ts';

export interface ReadProgress {
  readonly file: string;
  readonly fileIndex: number;
  readonly fileCount: number;
  /** Of all files together, as they lie on the disk. */
  readonly consumedBytes: number;
  readonly totalBytes: number;
}

/** How far the files of a run are read, of which several may be in work at once. */
export class RunProgress {
  readonly #consumed = new Map<RunFile, number>();
  readonly #totalBytes: number;

  constructor(
    private readonly files: readonly RunFile[],
    private readonly onProgress: ((progress: ReadProgress) => void) | undefined,
  ) {
    this.#totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  }

  show(file: RunFile, consumedBytes: number): void {
    this.#consumed.set(file, consumedBytes);
    this.onProgress?.({
      file: file.path,
      fileIndex: this.files.indexOf(file),
      fileCount: this.files.length,
      consumedBytes: [...this.#consumed.values()].reduce((sum, bytes) => sum + bytes, 0),
      totalBytes: this.#totalBytes,
    });
  }
}
