import type { RunFile, RunGroup } from '../model/run.ts';
import {
  describeFile,
  folderOf,
  isReadable,
  labelOfSeries,
  type SeriesFile,
} from './file-series.ts';

/**
 * The files of a run in the order of their ranks; runs newest first. Every file is in one run: one
 * that no format knows is in the run whose other ranks are named as it is.
 */
export function groupRuns(files: readonly RunFile[]): RunGroup[] {
  const described = files.map(describeFile);
  const captures = [
    ...groupBy(
      described.filter(({ file }) => isReadable(file)),
      ({ series }) => series,
    ).values(),
  ].flatMap(numberedCaptures);
  for (const stray of described.filter(({ file }) => !isReadable(file))) {
    const home = findHome(stray, captures);
    if (home === null) {
      captures.push({ members: [stray], index: 0, count: 1 });
    } else {
      home.members.push(stray);
    }
  }
  return captures
    .map(toGroup)
    .sort((a, b) => newestOf(b) - newestOf(a) || compareTexts(a.id, b.id));
}

/** Those that a format knows, and those that have the name of another rank of them. */
export function withoutStrangers(files: readonly RunFile[]): RunFile[] {
  const described = files.map(describeFile);
  const known = new Set(
    described.flatMap(({ file, names }) => (isReadable(file) && names !== null ? [names] : [])),
  );
  return described
    .filter(({ file, names }) => isReadable(file) || (names !== null && known.has(names)))
    .map(({ file }) => file);
}

interface Capture {
  readonly members: SeriesFile[];
  /** Among the captures of the series. */
  readonly index: number;
  readonly count: number;
}

function numberedCaptures(members: readonly SeriesFile[]): Capture[] {
  const captures = splitCaptures(members);
  return captures.map((capture, index) => ({ members: capture, index, count: captures.length }));
}

/** Of the captures with these names that lack the rank, the nearest in time. */
function findHome(stray: SeriesFile, captures: readonly Capture[]): Capture | null {
  const distance = ({ members }: Capture): number =>
    Math.min(...members.map(({ capturedAt }) => Math.abs(capturedAt - stray.capturedAt)));
  const candidates = captures.filter(({ members }) => isHome(members, stray));
  return candidates.sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

function isHome(members: readonly SeriesFile[], { rank, names, isCompanion }: SeriesFile): boolean {
  const isFree = rank === null || members.every((member) => member.rank !== rank);
  return (
    names !== null && members.some((member) => member.names === names) && (isFree || isCompanion)
  );
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) {
      groups.set(keyOf(value), [value]);
    } else {
      group.push(value);
    }
  }
  return groups;
}

/** A new capture begins where a rank comes again. Companions go to the latest capture that has their rank. */
function splitCaptures(members: readonly SeriesFile[]): SeriesFile[][] {
  const captures: SeriesFile[][] = [];
  const ordered = [...members].sort(
    (a, b) => a.capturedAt - b.capturedAt || compareTexts(a.file.path, b.file.path),
  );
  for (const member of ordered.filter((candidate) => !candidate.isCompanion)) {
    const current = captures.at(-1);
    const isNew =
      current === undefined ||
      (member.rank === null && !member.isHost) ||
      current.some((other) => other.rank === member.rank && !other.isHost);
    if (isNew) {
      captures.push([member]);
    } else {
      current.push(member);
    }
  }
  for (const companion of ordered.filter((candidate) => candidate.isCompanion)) {
    const home =
      captures.findLast((capture) => capture.some((other) => other.rank === companion.rank)) ??
      captures.at(-1);
    if (home === undefined) {
      captures.push([companion]);
    } else {
      home.push(companion);
    }
  }
  return captures;
}

function toGroup({ members, index, count }: Capture): RunGroup {
  const ordered = [...members].sort(
    (a, b) =>
      (a.rank ?? 0) - (b.rank ?? 0) ||
      Number(a.isCompanion) - Number(b.isCompanion) ||
      compareTexts(a.file.path, b.file.path),
  );
  const first = ordered.find(({ file }) => isReadable(file)) ?? ordered[0];
  const folder = folderOf(first.file.path.replaceAll('\\', '/'));
  const suffix = count > 1 ? ` (capture ${index + 1} of ${count})` : '';
  return {
    id: count > 1 ? `${first.series}\n${first.capturedAt}` : first.series,
    name: nameOf(first, folder, ordered.length) + suffix,
    folder,
    files: ordered.map(({ file, rank }) => ({ ...file, rank })),
  };
}

function nameOf({ file, series, isHost }: SeriesFile, folder: string, fileCount: number): string {
  const folderName = folder.split('/').at(-1) ?? '';
  if (file.runName !== null) {
    return file.runName;
  }
  const fileName = file.path.split(/[\\/]/).at(-1) ?? file.path;
  if (fileCount === 1 && (isHost || !series.includes('*'))) {
    return fileName;
  }
  const label = labelOfSeries(series);
  return [folderName, label].filter((part) => part !== '').join('/') || fileName;
}

function newestOf(group: RunGroup): number {
  return group.files.reduce((newest, file) => Math.max(newest, file.modifiedMs), 0);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
