import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Real traces beside the repository, which not every machine has. */
const ROOT = join(import.meta.dirname, '../../../shared/data');

export const hasSharedData = existsSync(ROOT);

/** Real traces are large, and the machine may be busy. */
const REAL_TRACE_TIMEOUT_MS = 60_000;

/** The path of a real trace; null where it is absent. */
export function sharedFile(path: string): string | null {
  const full = join(ROOT, path);
  return existsSync(full) ? full : null;
}

/** A test of real traces, skipped where any of them is absent; mocha counts the skipped. */
export function itWithShared(
  title: string,
  paths: readonly string[],
  run: (files: string[]) => Promise<void> | void,
): void {
  const files = paths.map(sharedFile);
  if (files.some((file) => file === null)) {
    it(`${title} (skipped: the shared traces are absent)`);
    return;
  }
  it(title, () => run(files as string[])).timeout(REAL_TRACE_TIMEOUT_MS);
}
