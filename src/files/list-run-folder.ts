import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LOG_NAME } from './find-candidates.ts';

/** More files than this in a folder are not one run; those nearest by name are taken. */
const MAX_FILES = 1_024;

/** Within the folder of a rank, where torch_npu's profiler writes its traces. */
const ASCEND_OUTPUT = 'ASCEND_PROFILER_OUTPUT';

/** Names that may hold a trace; what they hold decides. */
export const TRACE_NAME =
  /\.((json|jsonl|xplane\.pb|pftrace|perfetto-trace)(\.(gz|zip|zst))?|sqlite|db)$|(?:dump|trace_rank)_\d{1,6}$/i;

/**
 * The files that may hold other ranks of the run of `path`: those beside it and, where each rank has
 * a folder of its own (`rank0/trace.json`), those of the same name in the folders beside its folder.
 * Of too many, those whose names differ in numbers alone come first; of logs, only those are taken.
 */
export async function listRunFolder(path: string): Promise<string[]> {
  const name = withoutNumbers(basename(path));
  const isNear = (candidate: string): boolean => withoutNumbers(basename(candidate)) === name;
  const isNamed = (candidate: string): boolean =>
    TRACE_NAME.test(candidate) || (LOG_NAME.test(candidate) && isNear(candidate));
  const beside = await listTraces(dirname(path), isNamed);
  const inRankFolders = (await listRankFolders(path, isNamed)).filter(isNear);
  const near = beside.filter(isNear);
  const paths = new Set([path, ...near, ...inRankFolders, ...beside]);
  return [...paths].slice(0, MAX_FILES);
}

type IsNamed = (name: string) => boolean;

async function listTraces(folder: string, isNamed: IsNamed): Promise<string[]> {
  const entries = await readFolder(folder);
  const named = entries.filter(({ name }) => isNamed(name)).slice(0, 16 * MAX_FILES);
  const isTrace = await Promise.all(
    named.map(async (entry) => entry.isFile() || (await isLinkTo('file', folder, entry))),
  );
  return named.filter((_, index) => isTrace[index]).map(({ name }) => join(folder, name));
}

async function listRankFolders(path: string, isNamed: IsNamed): Promise<string[]> {
  const isInOutput = basename(dirname(path)) === ASCEND_OUTPUT;
  const folder = isInOutput ? dirname(dirname(path)) : dirname(path);
  const stem = withoutNumbers(basename(folder));
  if (stem === basename(folder)) {
    return [];
  }
  const parent = dirname(folder);
  const entries = await readFolder(parent);
  const named = entries.filter(({ name }) => withoutNumbers(name) === stem).slice(0, MAX_FILES);
  const lists = await Promise.all(
    named.map(async (entry) =>
      entry.isDirectory() || (await isLinkTo('folder', parent, entry))
        ? await listTraces(join(parent, entry.name, isInOutput ? ASCEND_OUTPUT : '.'), isNamed)
        : [],
    ),
  );
  return lists.flat();
}

/** On clusters, traces are often links to where there is room for them. */
async function isLinkTo(kind: 'file' | 'folder', folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) {
    return false;
  }
  try {
    const target = await stat(join(folder, entry.name));
    return kind === 'file' ? target.isFile() : target.isDirectory();
  } catch {
    return false;
  }
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
