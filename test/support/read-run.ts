import { readTrace } from '../../src/core/formats/read-trace.ts';
import type { RankTrace, Run } from '../../src/core/model/run.ts';
import { openFile } from '../../src/files/open-file.ts';

/** The run of these files, one a rank. */
export async function readRun(files: readonly string[]): Promise<Run> {
  const ranks: RankTrace[] = [];
  for (const [rank, file] of files.entries()) {
    const signal = new AbortController().signal;
    const trace = await readTrace(await openFile(file), { signal });
    ranks.push({ rank: trace.meta.rank ?? rank, file, trace });
  }
  return { name: 'real', ranks };
}
