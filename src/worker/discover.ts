import type { RunGroup } from '../core/model/run.ts';
import { groupRuns } from '../core/runs/group-runs.ts';
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
  return groupRuns(await findRunFiles(named, signal, paths));
}
