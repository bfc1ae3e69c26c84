import type { Trace } from './trace.ts';

/** One process of a run, with what it recorded. */
export interface RankTrace {
  readonly rank: number;
  /** Path of the file, as the user gave it. */
  readonly file: string;
  /** Further files that are part of its trace, such as those of its loader's workers. */
  readonly otherFiles?: readonly string[];
  readonly trace: Trace;
}

/** A file of the run that gave no events; its first problem says why. */
export interface LeftOutFile {
  readonly file: string;
  /** As the file or its name tells; null where neither does. */
  readonly rank: number | null;
  readonly trace: Trace;
}

/** One training job observed once, its ranks in ascending order. */
export interface Run {
  readonly name: string;
  readonly ranks: readonly RankTrace[];
  /** Absent where every file gave events, and where none did: then the ranks have the empty traces. */
  readonly leftOut?: readonly LeftOutFile[];
}

/** The format of a file whose first bytes no format knows. */
export const UNKNOWN_FORMAT = 'unknown';

/** The format of logs: they tell how long steps and their parts take, and nothing of when in a step. */
export const LOG_FORMAT = 'logs';

/** A file that belongs to a run, as found before it is read. */
export interface RunFile {
  readonly path: string;
  /** Id of the format recognised in its first bytes, or {@link UNKNOWN_FORMAT}. */
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
