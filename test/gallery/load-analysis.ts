import { analyzeRun } from '../../src/core/analyze.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../src/files/find-run-files.ts';
import { readRun } from '../../src/files/read-run.ts';

/** Reads and analyses the run in a folder, as the worker of the extension does. */
export async function loadAnalysis(path: string): Promise<Analysis> {
  const { signal } = new AbortController();
  const [group] = groupRuns(await findRunFiles([path], signal));
  return analyzeRun(await readRun(group, { signal }));
}
