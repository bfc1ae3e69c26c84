import { basename } from 'node:path';
import { type RunGroup, UNKNOWN_FORMAT } from '../core/model/run.ts';
import { UsageError } from './exit-code.ts';

const NAMES_SHOWN = 10;

/**
 * The runs to read until one has events: those whose name or folder is `name`, the newest first.
 * What no format knows comes before all, as it is known at once to have none.
 */
export function chooseRuns(groups: readonly RunGroup[], name: string | null): readonly RunGroup[] {
  const inOrder = [...groups].sort(
    (a, b) => Number(isReadable(a)) - Number(isReadable(b)) || modifiedMs(b) - modifiedMs(a),
  );
  const chosen = inOrder.filter((group) => name === null || isCalled(group, name));
  if (chosen.length === 0 && inOrder.length > 0) {
    throw new UsageError(
      `There is no run ${JSON.stringify(name)}; the runs are ${namesOf(inOrder)}`,
    );
  }
  return chosen;
}

/** Whether a format knows any of its files. */
export function isReadable({ files }: RunGroup): boolean {
  return files.some(({ format }) => format !== UNKNOWN_FORMAT);
}

/** The group with only the files of these ranks. */
export function keepRanks(group: RunGroup, ranks: readonly number[]): RunGroup {
  const files = group.files.filter(({ rank }) => ranks.includes(rank ?? 0));
  if (files.length === 0) {
    const known = [...new Set(group.files.map(({ rank }) => rank ?? 0))].sort((a, b) => a - b);
    throw new UsageError(`${group.name} has none of these ranks; it has ${known.join(', ')}`);
  }
  return { ...group, files };
}

/** The first names, with the folder where two runs have the same. */
export function namesOf(groups: readonly RunGroup[]): string {
  const shown = groups.slice(0, NAMES_SHOWN).map((group) => {
    const isOnly = groups.every(({ id, name }) => id === group.id || name !== group.name);
    return isOnly ? group.name : `${group.name} in ${group.folder}`;
  });
  const hidden = groups.length - shown.length;
  return shown.join(', ') + (hidden > 0 ? ` and ${hidden} more` : '');
}

function isCalled({ name, folder }: RunGroup, wanted: string): boolean {
  return name === wanted || folder === wanted || basename(folder) === wanted;
}

function modifiedMs({ files }: RunGroup): number {
  return files.reduce((newest, file) => Math.max(newest, file.modifiedMs), -Infinity);
}
