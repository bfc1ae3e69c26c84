import {
  isWithoutTimeline,
  type LeftOutFile,
  LOG_FORMAT,
  NCCL_FORMAT,
  type RankTrace,
} from '../model/run.ts';
import type { Trace } from '../model/trace.ts';
import { type Graded, note } from './graded-note.ts';

const MAX_NAMES = 3;

/** Files of the run that gave nothing. */
export function leftOutNotes(leftOut: readonly LeftOutFile[]): Graded[] {
  if (leftOut.length === 0) {
    return [];
  }
  const [first] = leftOut;
  const reason = first.trace.problems.at(0)?.reason ?? 'There are no events in it.';
  const names = listNames(leftOut);
  const text =
    leftOut.length === 1
      ? `${names} is left out. ${reason}`
      : `${leftOut.length} files are left out: ${names}. Of ${baseName(first.file)}: ${reason}`;
  return [note('left-out-files', leftOut.length, 'poor', text)];
}

/** Other files in the archive that a rank's trace came in. */
export function archiveNotes(ranks: readonly RankTrace[]): Graded[] {
  const parts = new Map(
    ranks.flatMap(({ file, trace }) =>
      trace.problems.filter(({ kind }) => kind === 'left-out').map(({ reason }) => [file, reason]),
    ),
  );
  return [...parts].map(([file, reason]) =>
    note('left-out-members', 1, 'notable', `${baseName(file)}: ${reason}`),
  );
}

/** What no log can tell. */
export function logNotes(ranks: readonly RankTrace[]): Graded[] {
  const count = ranks.filter(({ trace }) => trace.meta.format === LOG_FORMAT).length;
  return count === 0
    ? []
    : [
        note(
          'log-only',
          count,
          'notable',
          'A log has step times and no timeline of operations: record a trace to see why steps take as long as they do.',
        ),
      ];
}

/** What no dump of a flight recorder can tell. */
export function recorderNotes(ranks: readonly RankTrace[]): Graded[] {
  const count = ranks.filter(isRecorded).length;
  return count === 0
    ? []
    : [
        note(
          'collectives-only',
          count,
          'ok',
          'A dump of the flight recorder has the last collectives of a rank, and nothing of steps or of the time that they take.',
        ),
      ];
}

/** What NCCL's profiler interface does not tell. */
export function communicationNotes(ranks: readonly RankTrace[]): Graded[] {
  const count = ranks.filter(({ trace }) => trace.meta.format === NCCL_FORMAT).length;
  return count === 0
    ? []
    : [
        note(
          'communication-only',
          count,
          'notable',
          'NCCL’s profiler records communication alone: what the devices and the program do besides is not in the file, so its share of the step means little.',
        ),
      ];
}

export function isRecorded({ trace }: Pick<RankTrace, 'trace'>): boolean {
  return trace.meta.flightRecord !== undefined;
}

/** Files that end too early. A span file or a log that ends within a line is only one that is still written. */
export function cutNotes(ranks: readonly RankTrace[]): Graded[] {
  const cut = ranks.filter(({ trace }) => cutAt(trace) !== null);
  const growing = cut.filter(({ trace }) => isGrowing(trace));
  const lost = cut.filter((rank) => !growing.includes(rank));
  return [
    note('cut-files', lost.length, 'poor', describeLost(lost)),
    note(
      'cut-lines',
      growing.length,
      'notable',
      `The last line of ${listNames(growing)} is not whole, as in a file that is still written, and was left out.`,
    ),
  ].filter(({ count }) => count > 0);
}

/** Files of which only some steps are in memory. */
export function limitNotes(ranks: readonly RankTrace[]): Graded[] {
  const limits = ranks.flatMap(({ trace }) =>
    trace.problems.filter(({ kind }) => kind === 'limited'),
  );
  return limits
    .slice(0, 1)
    .map(({ reason }) => note('limited-files', limits.length, 'notable', reason));
}

/** Where a file ends too early, in bytes after decompression; null where it is whole. */
export function cutAt({ problems }: Trace): number | null {
  const offsets = problems.filter(({ kind }) => kind === 'cut').map((cut) => cut.byteOffset);
  return offsets.length === 0 ? null : Math.max(...offsets);
}

/** Whether the end of the file is lost, and with it most of what a profiler writes last: the work of the device. */
export function isCutShort(trace: Trace): boolean {
  return trace.meta.format === 'kineto' && cutAt(trace) !== null;
}

function isGrowing({ meta, problems }: Trace): boolean {
  const isOfLines = meta.format === 'spans' || isWithoutTimeline(meta.format);
  return isOfLines && problems.filter(({ kind }) => kind === 'cut').length === 1;
}

function describeLost(lost: readonly RankTrace[]): string {
  if (lost.length !== 1) {
    return `${lost.length} files are cut: ${listNames(lost)}. What came after their last bytes is lost, so copy or record them again.`;
  }
  const [{ file, trace }] = lost;
  const at = (cutAt(trace) ?? 0).toLocaleString('en-US');
  const unpacked = /\.(gz|zip|zst)$/i.test(file) ? ' of what it unpacks to' : '';
  return `${baseName(file)} is cut at byte ${at}${unpacked}: what came after is lost, so copy or record it again.`;
}

function listNames(files: readonly { readonly file: string }[]): string {
  const names = files.slice(0, MAX_NAMES).map(({ file }) => baseName(file));
  const more = files.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
