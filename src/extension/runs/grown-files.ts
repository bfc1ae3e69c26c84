import { stat } from 'node:fs/promises';
import type { RunFile, RunGroup } from '../../core/model/run.ts';

/** The format whose files are read on from where they ended. */
export const GROWING_FORMAT = 'spans';

/** Whether the files of a group are the same, and only those differ in size or time that can be read on. */
export function hasGrown(before: RunGroup, after: RunGroup): boolean {
  return (
    before.files.length === after.files.length &&
    after.files.every((file, i) => {
      const old = before.files[i];
      return old?.path === file.path && (isSameState(old, file) || isReadOn(old, file));
    }) &&
    !hasSameFiles(before, after)
  );
}

export function hasSameFiles(a: RunGroup, b: RunGroup): boolean {
  return (
    a.files.length === b.files.length &&
    a.files.every((file, i) => {
      const other = b.files[i];
      return other !== undefined && file.path === other.path && isSameState(file, other);
    })
  );
}

/** The group with the sizes and times that its files have now; one that is gone stays as it was. */
export async function lookAtFiles(group: RunGroup): Promise<RunGroup> {
  const files = await Promise.all(
    group.files.map(async (file): Promise<RunFile> => {
      try {
        const { size, mtimeMs } = await stat(file.path);
        return { ...file, sizeBytes: size, modifiedMs: mtimeMs };
      } catch {
        return file;
      }
    }),
  );
  return { ...group, files };
}

function isSameState(a: RunFile, b: RunFile): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs;
}

function isReadOn(a: RunFile, b: RunFile): boolean {
  return a.format === GROWING_FORMAT && b.format === GROWING_FORMAT;
}
