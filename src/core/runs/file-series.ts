import { type RunFile, UNKNOWN_FORMAT } from '../model/run.ts';
import { rankFromPath } from './rank-from-path.ts';

/** A file, and what its path tells of the files that belong with it. */
export interface SeriesFile {
  readonly file: RunFile;
  readonly rank: number | null;
  /** Equal for the files of all ranks and captures of one job. */
  readonly series: string;
  /**
   * Equal for the files that a tool names alike, whatever they hold: the folder and the name without
   * rank and time; null where the name is not one of many.
   */
  readonly names: string | null;
  /** When it was captured, as its name or else its date of change tells; only to be compared. */
  readonly capturedAt: number;
  /** A file beside that of its rank, from a worker process of it. */
  readonly isCompanion: boolean;
  /** One of the hosts that were recorded together, whose rank nothing tells. */
  readonly isHost: boolean;
}

/** `rank0.worker1.spans.jsonl`: written by a loader worker of the rank. */
const COMPANION = /(?<=rank[-_]?\d+)\.worker\d+(?=\.spans\.jsonl)/i;

/** The same where a star stands for the rank. */
const COMPANION_OF_STAR = /(?<=\*)\.worker\d+(?=\.spans\.jsonl)/i;

/** What `tensorboard_trace_handler` calls a file: host, process, milliseconds since 1970. */
const HOST_AND_PROCESS = /[^/]+_\d+(?=\.\d{10,}\.pt\.trace\.json)/;

/** The folder that torch_npu's profiler makes for a rank: host, process, time. */
const ASCEND_FOLDER = /[^/]+_ascend_pt(?=\/)/;

/** The host in a recording of JAX or TensorFlow: a folder for each, and a file for each host in it. */
const PROFILED_HOST = /(?<=\/plugins\/profile\/[^/]+\/)[^/]+(?=\.(xplane\.pb|trace\.json)(\.gz)?$)/;

/** Time stamps, in seconds to nanoseconds. */
const TIME_STAMP = /\d{10,19}/g;

const EXTENSIONS =
  /(\.pt\.trace)?(\.json|\.spans\.jsonl|\.jsonl|\.sqlite|\.xplane\.pb|\.pftrace|\.perfetto-trace)?(\.(gz|zip|zst))?$/i;

export function describeFile(file: RunFile): SeriesFile {
  const path = file.path.replaceAll('\\', '/');
  const isCompanion = COMPANION.test(path);
  const found = rankFromPath(path);
  const rank = file.rank ?? found?.rank ?? null;
  // A number that is not the rank is part of the name.
  const pattern = found !== null && found.rank === rank ? found.pattern : null;
  return {
    file,
    rank,
    series: [folderOf(path), file.format, seriesOf(file, path, pattern)].join('\n'),
    names: namesOf(file, path, found?.pattern ?? null),
    capturedAt: Number(timeStampOf(path) ?? file.modifiedMs),
    isCompanion,
    isHost: rank === null && PROFILED_HOST.test(path),
  };
}

/** For people: the part of a series' names that says something. */
export function labelOfSeries(series: string): string {
  const name = series.split('\n').at(-1)?.split('/').at(-1) ?? '';
  const [before] = name.split('*');
  return before.replace(/[-_. #]+$/, '').replace(/^[-_. ]+/, '');
}

/** Whether a format knows the file; one that none knows may still have the name of a rank's. */
export function isReadable({ format }: RunFile): boolean {
  return format !== UNKNOWN_FORMAT;
}

export function folderOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  const last = parts.findLastIndex(
    (part) => rankFromPath(part) !== null || ASCEND_FOLDER.test(`${part}/`),
  );
  return (last > 0 ? parts.slice(0, last) : parts).join('/');
}

function seriesOf(file: RunFile, path: string, pattern: string | null): string {
  if (file.runName !== null) {
    return `run ${file.runName}`;
  }
  if (pattern !== null) {
    return pattern.replace(COMPANION_OF_STAR, '').replace(EXTENSIONS, '').replace(TIME_STAMP, '#');
  }
  if (file.rank !== null && ASCEND_FOLDER.test(path)) {
    return path.replace(ASCEND_FOLDER, '*').replace(EXTENSIONS, '');
  }
  if (PROFILED_HOST.test(path)) {
    return path.replace(PROFILED_HOST, '*').replace(EXTENSIONS, '');
  }
  const isOne = isOneOfMany(file);
  const name = isOne ? path.replace(HOST_AND_PROCESS, '*') : path;
  return isOne ? name.replace(EXTENSIONS, '').replace(TIME_STAMP, '#') : name;
}

function namesOf(file: RunFile, path: string, pattern: string | null): string | null {
  const isHandlers = HOST_AND_PROCESS.test(path) && (isOneOfMany(file) || !isReadable(file));
  const name = isHandlers && pattern === null ? path.replace(HOST_AND_PROCESS, '*') : pattern;
  return (
    name
      ?.replace(COMPANION_OF_STAR, '')
      .replace(/\.(gz|zip|zst)$/i, '')
      .replace(TIME_STAMP, '#') ?? null
  );
}

function isOneOfMany({ rank, worldSize }: RunFile): boolean {
  return rank !== null && (worldSize ?? 1) > 1;
}

function timeStampOf(path: string): string | null {
  const stamps = path.split('/').at(-1)?.match(TIME_STAMP) ?? [];
  // In milliseconds, so that stamps of other precision can be compared.
  const stamp = stamps.at(-1);
  return stamp === undefined ? null : stamp.padEnd(13, '0').slice(0, 13);
}
