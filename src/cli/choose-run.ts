import { basename } from 'node:path';
import type { RunGroup } from '../core/model/run.ts';
import { UsageError } from './exit-code.ts';

const NAMES_SHOWN = 10;

export interface ChosenRun {
  readonly group: RunGroup;
  /** The runs that were left out, newest first. */
  readonly others: readonly RunGroup[];
}

/** The newest run, or the newest of those whose name or folder is `name`; null where there is no run. */
export function chooseRun(groups: readonly RunGroup[], name: string | null): ChosenRun | null {
  const newestFirst = [...groups].sort((a, b) => modifiedMs(b) - modifiedMs(a));
  if (newestFirst.length === 0) {
    return null;
  }
  const group = newestFirst.find((candidate) => name === null || isCalled(candidate, name));
  if (group === undefined) {
    throw new UsageError(
      `There is no run ${JSON.stringify(name)}; the runs are ${namesOf(newestFirst)}`,
    );
  }
  return { group, others: newestFirst.filter((other) => other !== group) };
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
