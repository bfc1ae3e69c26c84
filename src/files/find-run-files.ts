import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recognizeFormat } from '../core/formats/read-trace.ts';
import type { Identity } from '../core/formats/format.ts';
import { readHead } from '../core/formats/head.ts';
import type { RunFile } from '../core/model/run.ts';
import { rankFromPath } from '../core/runs/rank-from-path.ts';
import { FileError } from './file-error.ts';
import { openFile } from './open-file.ts';

/** Names that may hold a trace; what they hold decides. */
const CANDIDATE = /\.(json|jsonl|trace|gz)$/i;

/** Folders that hold no runs, and many files. */
const IGNORED_FOLDER = /^(node_modules|site-packages|dist-packages|__pycache__|\..*)$/;

/** A folder of runs is no deeper, and has fewer candidates: beyond, somebody opened a disk. */
const MAX_DEPTH = 12;
const MAX_CANDIDATES = 20_000;

/** Less sure than this, a file is a run only if it is asked for by name. */
const MIN_SURENESS = 0.4;

/**
 * The trace and timing files among these files and in these folders, by path. A file that is named
 * is in the result whatever it holds. Throws a `FileError` for a path that cannot be read.
 */
export async function findRunFiles(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<RunFile[]> {
  const found = new Map<string, RunFile>();
  for (const path of paths) {
    if ((await statOf(path)).isDirectory()) {
      for (const candidate of await findCandidates(path, signal)) {
        await addCandidate(candidate, signal, found);
      }
    } else {
      found.set(path, await describe(path, signal, 0));
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function addCandidate(
  path: string,
  signal: AbortSignal,
  found: Map<string, RunFile>,
): Promise<void> {
  if (found.has(path)) {
    return;
  }
  try {
    const file = await describe(path, signal, MIN_SURENESS);
    if (file.format !== UNKNOWN) {
      found.set(path, file);
    }
  } catch (error) {
    // It was listed a moment ago: it vanished, or is not ours to read.
    if (!(error instanceof FileError)) {
      throw error;
    }
  }
}

const UNKNOWN = 'unknown';

async function describe(path: string, signal: AbortSignal, minSureness: number): Promise<RunFile> {
  signal.throwIfAborted();
  const { size, mtimeMs } = await statOf(path);
  const { head, close } = await readHead(await openFile(path), signal);
  await close();
  const recognized = recognizeFormat(head);
  const isSure = recognized !== null && recognized.sureness >= minSureness;
  return {
    path,
    format: isSure ? recognized.format.id : UNKNOWN,
    ...completeIdentity(isSure ? recognized.format.identify(head) : null, path),
    sizeBytes: size,
    modifiedMs: mtimeMs,
  };
}

/** What the path tells where the content does not. */
function completeIdentity(identity: Identity | null, path: string): Identity {
  const inPath = rankFromPath(path);
  return {
    rank: identity?.rank ?? inPath?.rank ?? null,
    worldSize: identity?.worldSize ?? inPath?.worldSize ?? null,
    runName: identity?.runName ?? null,
  };
}

async function findCandidates(root: string, signal: AbortSignal): Promise<string[]> {
  const candidates: string[] = [];
  const folders = [{ path: root, depth: 0 }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of await listFolder(folder.path, folder.depth)) {
      const path = join(folder.path, entry.name);
      if (entry.isDirectory() && isEntered(entry.name, folder.depth)) {
        folders.push({ path, depth: folder.depth + 1 });
      } else if (
        entry.isFile() &&
        CANDIDATE.test(entry.name) &&
        candidates.length < MAX_CANDIDATES
      ) {
        candidates.push(path);
      }
    }
  }
  return candidates;
}

function isEntered(name: string, depth: number): boolean {
  return depth < MAX_DEPTH && !IGNORED_FOLDER.test(name);
}

/** A folder below the first that cannot be listed is passed over. */
async function listFolder(path: string, depth: number): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (depth > 0) {
      return [];
    }
    throw new FileError(path, error);
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new FileError(path, error);
  }
}
