import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** More files than this in a folder are not one run; those nearest by name are taken. */
const MAX_FILES = 1_024;

const TRACE_NAME = /\.(json|jsonl)(\.gz)?$/i;

/**
 * The files that may hold other ranks of the run of `path`: those beside it and, where each rank has
 * a folder of its own (`rank0/trace.json`), those of the same name in the folders beside its folder.
 */
export async function listRunFolder(path: string): Promise<string[]> {
  const folder = dirname(path);
  const beside = await listTraces(folder);
  const paths = new Set([path, ...beside, ...(await listRankFolders(path))]);
  return [...paths].slice(0, MAX_FILES);
}

async function listTraces(folder: string): Promise<string[]> {
  const entries = await readFolder(folder);
  return entries
    .filter((entry) => entry.isFile() && TRACE_NAME.test(entry.name))
    .map((entry) => join(folder, entry.name));
}

async function listRankFolders(path: string): Promise<string[]> {
  const folder = dirname(path);
  const stem = withoutNumbers(basename(folder));
  if (stem === basename(folder)) {
    return [];
  }
  const parent = dirname(folder);
  const entries = await readFolder(parent);
  const folders = entries.filter(
    (entry) => entry.isDirectory() && withoutNumbers(entry.name) === stem,
  );
  const lists = await Promise.all(
    folders.slice(0, MAX_FILES).map(async (entry) => await listTraces(join(parent, entry.name))),
  );
  const name = withoutNumbers(basename(path));
  return lists.flat().filter((candidate) => withoutNumbers(basename(candidate)) === name);
}

/** Empty where the folder is gone or closed to us: the file itself tells that better. */
async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function withoutNumbers(name: string): string {
  return name.replaceAll(/\d+/g, '#');
}
