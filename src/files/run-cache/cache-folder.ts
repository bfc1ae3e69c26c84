import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** What a program that was ended while it wrote has left. */
const DRAFT = /\.part$/;
const DRAFT_LIFE_MS = 3_600_000;

/** Even an empty file takes a block of the disk. */
const BLOCK_BYTES = 4_096;

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Removes what was not used for longest until the rest is no larger than this. Others may do so at the same time. */
export async function shrinkFolders(folders: readonly string[], maxBytes: number): Promise<void> {
  const nowMs = Date.now();
  const entries = (await Promise.all(folders.map(listFolder))).flat();
  const isLeft = ({ path, usedMs }: Entry) => DRAFT.test(path) && usedMs < nowMs - DRAFT_LIFE_MS;
  const kept = entries.filter(({ path }) => !DRAFT.test(path));
  kept.sort((a, b) => b.usedMs - a.usedMs);
  let bytes = 0;
  const doomed = kept.filter((entry) => (bytes += entry.bytes) > maxBytes);
  for (const { path } of [...entries.filter(isLeft), ...doomed]) {
    await removeIfThere(path);
  }
}

/** The bytes that files in these folders took, which are gone now. */
export async function clearFolders(folders: readonly string[]): Promise<number> {
  const entries = (await Promise.all(folders.map(listFolder))).flat();
  let bytes = 0;
  for (const entry of entries) {
    bytes += (await removeIfThere(entry.path)) ? entry.bytes : 0;
  }
  return bytes;
}

/** A disk that only gives keeps the order in which things were written. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** Whether it is gone: on some systems, what another program has open stays. */
export async function removeIfThere(path: string): Promise<boolean> {
  return await rm(path, { force: true }).then(
    () => true,
    () => false,
  );
}

async function listFolder(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const entries = await Promise.all(names.map(async (name) => await describe(join(folder, name))));
  return entries.filter((entry) => entry !== null);
}

async function describe(path: string): Promise<Entry | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, bytes: Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES, usedMs: mtimeMs };
  } catch {
    return null;
  }
}
