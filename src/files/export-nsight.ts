import { execFile } from 'node:child_process';
import { access, rename, rm } from 'node:fs/promises';
import { NSIGHT_REPORT } from '../core/formats/known-files.ts';

/** What `nsys` says at its end is the reason; all before is its progress. */
const MAX_REASON_CHARACTERS = 300;

/** The report was not exported; the message says why and what to do. */
export class ExportFailed extends Error {
  override readonly name = 'ExportFailed';
}

/** Where the export of a report belongs: beside it, as Nsight Systems itself would put it. */
export function exportPathOf(report: string): string {
  return report.replace(NSIGHT_REPORT, '.sqlite');
}

/**
 * Runs `nsys export` of the PATH on a report, and gives the path of the database. One that lies there
 * already is left as it is. Throws an `ExportFailed`; a canceled or failed export leaves nothing.
 */
export async function exportNsight(report: string, signal: AbortSignal): Promise<string> {
  const target = exportPathOf(report);
  if (await exists(target)) {
    return target;
  }
  const partial = `${target}.partial`;
  try {
    await run(['export', '--type', 'sqlite', '--output', partial, report], signal);
    await rename(partial, target);
    return target;
  } finally {
    await rm(partial, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Without a shell: a path is never more than a path. */
function run(words: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('nsys', words, { signal }, (error, stdout, stderr) => {
      if (error === null) {
        resolve();
      } else {
        const failure = new ExportFailed(reasonOf(error, stderr || stdout));
        reject(signal.aborted ? (signal.reason as Error) : failure);
      }
    });
  });
}

function reasonOf(error: { readonly code?: unknown }, output: string): string {
  if (error.code === 'ENOENT') {
    return 'nsys is not on the PATH. Install Nsight Systems, or add the folder of its nsys to the PATH and restart VS Code; or export the report where it was recorded.';
  }
  const told = output.trim().slice(-MAX_REASON_CHARACTERS);
  return `nsys could not export the report${told === '' ? '' : `: ${told}`}`;
}
