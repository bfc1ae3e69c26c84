import type { RunFile, RunGroup } from '../model/run.ts';
import { describeFile, folderOf, labelOfSeries, type SeriesFile } from './file-series.ts';

/** The files of a run in the order of their ranks; runs newest first. Every file is in one run. */
export function groupRuns(files: readonly RunFile[]): RunGroup[] {
  const bySeries = new Map<string, SeriesFile[]>();
  for (const file of files.map(describeFile)) {
    const members = bySeries.get(file.series);
    if (members === undefined) {
      bySeries.set(file.series, [file]);
    } else {
      members.push(file);
    }
  }
  return [...bySeries.values()]
    .flatMap(groupSeries)
    .sort((a, b) => newestOf(b) - newestOf(a) || compareTexts(a.id, b.id));
}

function groupSeries(members: readonly SeriesFile[]): RunGroup[] {
  const captures = splitCaptures(members);
  return captures.map((capture, i) => toGroup(capture, i, captures.length));
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
      member.rank === null ||
      current.some((other) => other.rank === member.rank);
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

function toGroup(capture: readonly SeriesFile[], index: number, count: number): RunGroup {
  const ordered = [...capture].sort(
    (a, b) =>
      (a.rank ?? 0) - (b.rank ?? 0) ||
      Number(a.isCompanion) - Number(b.isCompanion) ||
      compareTexts(a.file.path, b.file.path),
  );
  const first = ordered[0];
  const folder = folderOf(first.file.path.replaceAll('\\', '/'));
  const suffix = count > 1 ? ` (capture ${index + 1} of ${count})` : '';
  return {
    id: count > 1 ? `${first.series}\n${first.capturedAt}` : first.series,
    name: nameOf(first, folder, ordered.length) + suffix,
    folder,
    files: ordered.map(({ file, rank }) => ({ ...file, rank })),
  };
}

function nameOf({ file, series }: SeriesFile, folder: string, fileCount: number): string {
  const folderName = folder.split('/').at(-1) ?? '';
  if (file.runName !== null) {
    return file.runName;
  }
  const fileName = file.path.split(/[\\/]/).at(-1) ?? file.path;
  if (fileCount === 1 && !series.includes('*')) {
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
