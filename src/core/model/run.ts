import type { Trace } from './trace.ts';

/** One process of a run, with what it recorded. */
export interface RankTrace {
  readonly rank: number;
  /** Path of the file, as the user gave it. */
  readonly file: string;
  readonly trace: Trace;
}

/** One training job observed once, its ranks in ascending order. */
export interface Run {
  readonly name: string;
  readonly ranks: readonly RankTrace[];
}

/** A file that belongs to a run, as found before it is read. */
export interface RunFile {
  readonly path: string;
  /** Id of the format recognised in its first bytes. */
  readonly format: string;
  readonly rank: number | null;
  readonly worldSize: number | null;
  readonly runName: string | null;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Files that belong together. */
export interface RunGroup {
  /** Stable for the same files: the folder and the common part of the names. */
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly files: readonly RunFile[];
}
