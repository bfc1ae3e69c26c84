import type { RunFile, RunGroup } from '../core/model/run.ts';
import { groupRuns } from '../core/runs/group-runs.ts';
import { FileError } from '../files/file-error.ts';
import { findRunFiles } from '../files/find-run-files.ts';

/**
 * The runs among these files and in these folders. Files that are `named` are taken whatever they
 * hold, and must be readable; of the others those that are no traces, or vanished, are left out.
 */
export async function discover(
  paths: readonly string[],
  named: readonly string[],
  signal: AbortSignal,
): Promise<RunGroup[]> {
  const files = new Map<string, RunFile>();
  for (const file of await findRunFiles(named, signal)) {
    files.set(file.path, file);
  }
  for (const path of paths.filter((candidate) => !files.has(candidate))) {
    for (const file of await findUnnamed(path, signal)) {
      files.set(file.path, file);
    }
  }
  return groupRuns([...files.values()]);
}

async function findUnnamed(path: string, signal: AbortSignal): Promise<RunFile[]> {
  try {
    const found = await findRunFiles([path], signal);
    return found.filter(({ format }) => format !== 'unknown');
  } catch (error) {
    if (error instanceof FileError) {
      return [];
    }
    throw error;
  }
}
