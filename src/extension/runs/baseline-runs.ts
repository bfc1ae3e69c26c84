import { sep } from 'node:path';
import type { RunGroup } from '../../core/model/run.ts';
import type { AnalyzedRun } from './training-run.ts';

interface KnownRun {
  readonly group: RunGroup;
  readonly analyzed: Pick<AnalyzedRun, 'report'> | null;
}

/** What names a run as a baseline: its folder, or its first file where the folder holds other runs too. */
export function baselinePathOf(run: RunGroup, known: readonly RunGroup[]): string {
  const { folder, files } = run;
  const isAlone = known.every(
    (other) => other.id === run.id || !other.files.some(({ path }) => isInside(path, folder)),
  );
  return isAlone && files.every(({ path }) => isInside(path, folder))
    ? folder
    : (files[0]?.path ?? folder);
}

/** Whether a run is what the setting names, or what the report of another was compared with. */
export function isBaseline(
  { group }: KnownRun,
  known: readonly KnownRun[],
  setting: string | null,
): boolean {
  const paths = new Set(group.files.map(({ path }) => path));
  return (
    setting === group.folder ||
    (setting !== null && paths.has(setting)) ||
    known.some(({ analyzed }) => analyzed?.report.baseline?.files.some((path) => paths.has(path)))
  );
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
