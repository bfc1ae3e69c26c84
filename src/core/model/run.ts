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

/** A file of metrics that lies beside the run, and what became of its values. */
export interface MetricsBeside {
  readonly file: string;
  /** What it is, for people. */
  readonly title: string;
  readonly series: number;
  readonly values: number;
  /** Those that are counters of the run now. */
  readonly shown: number;
  /** How their times came to be those of the run; null where they could not. */
  readonly placement: 'clock' | 'zone' | 'steps' | 'moment' | null;
  /** Minutes that its clock was taken to be ahead of UTC, of the placement `zone`. */
  readonly zoneMinutes: number;
  /** Lines or records that could not be read. */
  readonly dropped: number;
}

/** One training job observed once, its ranks in ascending order. */
export interface Run {
  readonly name: string;
  readonly ranks: readonly RankTrace[];
  /** Absent where every file gave events, and where none did: then the ranks have the empty traces. */
  readonly leftOut?: readonly LeftOutFile[];
  /** Absent where there are none. */
  readonly metrics?: readonly MetricsBeside[];
}

/** The format of a file whose first bytes no format knows. */
export const UNKNOWN_FORMAT = 'unknown';

/** The format of logs: they tell how long steps and their parts take, and nothing of when in a step. */
export const LOG_FORMAT = 'logs';

/** The format of metrics: values over time, and how long steps take where they tell it. */
export const METRICS_FORMAT = 'metrics';

/** Whether files of this format have no timeline of operations. */
export function isWithoutTimeline(format: string): boolean {
  return format === LOG_FORMAT || format === METRICS_FORMAT;
}
/** The format of NCCL's profiler interface: it tells of communication alone. */
export const NCCL_FORMAT = 'nccl';

/** The format of dumps of NCCL's flight recorder: they tell which collectives ranks took part in, and nothing of steps. */
export const FLIGHT_RECORDER_FORMAT = 'flight-recorder';

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
