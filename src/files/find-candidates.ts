import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from './file-error.ts';

/** Names that may hold a trace; what they hold decides. */
const CANDIDATE =
  /\.(json|jsonl|trace|gz|zip|zst|sqlite|db|nsys-rep|qdrep|xplane\.pb|pftrace|perfetto-trace|pkl|pickle)$/i;

/** Dumps of NCCL's flight recorder: a prefix that `TORCH_FR_DUMP_TEMP_FILE` sets, and the rank. */
const DUMP_NAME = /(?:dump|trace_rank)_\d{1,6}$/i;

/** Names of logs, and of much else that people write. */
export const LOG_NAME = /\.(log|out|txt)$/i;

/** Folders that hold no runs, and many files. */
const IGNORED_FOLDER = /^(node_modules|site-packages|dist-packages|__pycache__|\..*)$/;

/** A folder of runs is no deeper, and has fewer candidates: beyond, somebody opened a disk. */
const MAX_DEPTH = 12;
const MAX_CANDIDATES = 20_000;
/** More texts than this are a data set. */
const MAX_LOGS = 1_000;

interface Place {
  readonly path: string;
  readonly depth: number;
}

/**
 * The files below a folder that may be traces. Links are followed, after all that is not linked, so
 * that what lies there under its own name is found under that, and nothing is found twice. A folder
 * below the first that cannot be listed is passed over.
 */
export async function findCandidates(root: string, signal: AbortSignal): Promise<string[]> {
  const search = new Search(signal);
  await search.enter({ path: root, depth: 0 });
  await search.followLinks();
  return search.candidates;
}

class Search {
  readonly candidates: string[] = [];
  #logCount = 0;
  /** By the names that they have without links. */
  readonly #seen = new Set<string>();
  readonly #links: Place[] = [];

  constructor(private readonly signal: AbortSignal) {}

  /** Looks through a folder and those in it, and keeps their links for later. */
  async enter(place: Place): Promise<void> {
    const folders = [place];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      this.signal.throwIfAborted();
      if (!(await this.#isNew(folder.path))) {
        continue;
      }
      for (const entry of await listFolder(folder)) {
        const inside = { path: join(folder.path, entry.name), depth: folder.depth + 1 };
        if (entry.isSymbolicLink()) {
          this.#links.push(inside);
        } else if (entry.isDirectory() && isEntered(entry.name, folder.depth)) {
          folders.push(inside);
        } else if (entry.isFile()) {
          await this.#take(inside.path);
        }
      }
    }
  }

  async followLinks(): Promise<void> {
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      this.signal.throwIfAborted();
      const target = await targetOf(link.path);
      if (target === 'folder' && isEntered(nameOf(link.path), link.depth - 1)) {
        await this.enter(link);
      } else if (target === 'file') {
        await this.#take(link.path);
      }
    }
  }

  async #take(path: string): Promise<void> {
    const isLog = LOG_NAME.test(path) && this.#logCount < MAX_LOGS;
    const isWanted =
      (isLog || CANDIDATE.test(path) || DUMP_NAME.test(path)) &&
      this.candidates.length < MAX_CANDIDATES;
    if (isWanted && (await this.#isNew(path))) {
      this.candidates.push(path);
      this.#logCount += isLog ? 1 : 0;
    }
  }

  async #isNew(path: string): Promise<boolean> {
    const real = await realpath(path).catch(() => path);
    const isNew = !this.#seen.has(real);
    this.#seen.add(real);
    return isNew;
  }
}

function isEntered(name: string, depth: number): boolean {
  return depth < MAX_DEPTH && !IGNORED_FOLDER.test(name);
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** What a link leads to; null where that is neither, or gone. */
async function targetOf(path: string): Promise<'file' | 'folder' | null> {
  const target = await stat(path).catch(() => null);
  return target?.isFile() === true ? 'file' : target?.isDirectory() === true ? 'folder' : null;
}

async function listFolder({ path, depth }: Place): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (depth > 0) {
      return [];
    }
    throw new FileError(path, error);
  }
}
