import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the profiler calls the folder of one rank, and the file in it that has the rank in its name. */
const RANK_FOLDER = /_ascend_pt$/;
const RANK_FILE = /^profiler_info_(\d{1,6})\.json$/;

/** `trace_view.json` lies in the folder of the rank, or in ASCEND_PROFILER_OUTPUT below it. */
const MAX_FOLDERS = 2;

/** The rank that torch_npu's profiler wrote beside a trace; null where nothing tells. */
export async function rankBesideTrace(path: string): Promise<number | null> {
  let folder = dirname(path);
  for (let i = 0; i < MAX_FOLDERS; i++) {
    if (RANK_FOLDER.test(folder)) {
      const names = await readdir(folder).catch(() => []);
      const rank = names
        .map((name) => RANK_FILE.exec(name)?.[1])
        .find((text) => text !== undefined);
      return rank === undefined ? null : Number(rank);
    }
    folder = dirname(folder);
  }
  return null;
}
