import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../core/model/report.ts';
import { clearFolders, markUsed, removeIfThere, shrinkFolders } from './cache-folder.ts';
import { contentOf, isAtRest, isSamePrint, seeFiles, type SeenFile } from './file-print.ts';
import { KnownContents } from './known-contents.ts';
import { type AnalyzedRun, openEntry, readReport, writeEntry } from './run-entry.ts';

/** Changes with the layout of what is stored, so that what older versions stored is not read. */
const LAYOUT = 1;

const FOLDERS = ['runs', 'contents'] as const;

export interface CacheOptions {
  readonly folder: string;
  /** Of all that is stored; what was not used for longest makes room. */
  readonly maxBytes: number;
  /** Tells one state of the program from another: the same file may be read differently by each. */
  readonly program: string;
  readonly signal: AbortSignal;
  /** The clock of the files' times; that of the machine unless given. */
  readonly nowMs?: () => number;
}

/** All that decides what an analysis gives. */
export interface Question {
  /** Every file that is read, those of a baseline too. */
  readonly paths: readonly string[];
  /** Settings, names, the order of files: whatever JSON can say. */
  readonly about: unknown;
}

export interface Lookup {
  /** The answer, where it is known; nothing was read or analysed for it. */
  readonly found: AnalyzedRun | null;
  /**
   * Stores the answer, which was made of the files after they were looked up. Files that were written a moment
   * before, or have changed since, tell nothing reliable: then nothing is stored, as where there is no room.
   */
  readonly keep: (run: AnalyzedRun) => Promise<void>;
}

/**
 * Runs analysed, in a folder, by the content of their files. An answer is given only where every file still has the
 * size, the times, the inode and the samples that it had when all its bytes were hashed, or else the same hash.
 * Windows may share the folder: files come whole, by a rename, and readers keep what they have open.
 */
export class RunCache {
  readonly #contents: KnownContents;

  constructor(private readonly options: CacheOptions) {
    this.#contents = new KnownContents(join(options.folder, 'contents'), options.signal);
  }

  async look(question: Question): Promise<Lookup> {
    const seen = await seeFiles(question.paths, this.options.nowMs ?? Date.now);
    if (seen === null) {
      return { found: null, keep: async () => undefined };
    }
    const areAtRest = seen.every(({ print, seenMs }) => isAtRest(print, seenMs));
    const keep = async (run: AnalyzedRun): Promise<void> => {
      if (areAtRest) {
        await this.#keep(question, seen, run);
      }
    };
    const contents = await this.#findContents(seen);
    return { found: contents === null ? null : await this.#open(question, contents), keep };
  }

  /** The report of an answer without its tables, where it is known; what was not used for longest stays so. */
  async recallReport(question: Question): Promise<Report | null> {
    const seen = await seeFiles(question.paths, this.options.nowMs ?? Date.now);
    const contents = seen === null ? null : await this.#findContents(seen);
    try {
      return contents === null ? null : readReport(this.#pathOf(question, contents));
    } catch {
      return null;
    }
  }

  async #findContents(seen: readonly SeenFile[]): Promise<readonly string[] | null> {
    const contents: string[] = [];
    for (const file of seen) {
      const content = await this.#contents.find(file);
      if (content === null) {
        return null;
      }
      contents.push(content);
    }
    return contents;
  }

  async #open(question: Question, contents: readonly string[]): Promise<AnalyzedRun | null> {
    const path = this.#pathOf(question, contents);
    try {
      const run = openEntry(path);
      const memories = question.paths.map((file) => this.#contents.fileOf(file));
      await Promise.all([path, ...memories].map(markUsed));
      return run;
    } catch {
      await removeIfThere(path);
      return null;
    }
  }

  async #keep(question: Question, seen: readonly SeenFile[], run: AnalyzedRun): Promise<void> {
    const { folder, maxBytes, signal } = this.options;
    const contents = new Map<SeenFile, string>();
    for (const file of seen) {
      contents.set(file, await contentOf(file.path, signal));
    }
    const now = await seeFiles(question.paths, this.options.nowMs ?? Date.now);
    if (now?.every(({ print }, i) => isSamePrint(print, seen[i]?.print ?? print)) !== true) {
      return;
    }
    await Promise.all(foldersOf(folder).map(async (path) => await mkdir(path, PRIVATE)));
    const path = this.#pathOf(question, [...contents.values()]);
    await writeEntry(path, run, { maxBytes, signal });
    for (const [file, content] of contents) {
      await this.#contents.remember(file, content);
    }
    await shrinkFolders(foldersOf(folder), maxBytes);
  }

  #pathOf({ paths, about }: Question, contents: readonly string[]): string {
    const key = [LAYOUT, process.versions.v8, this.options.program, paths, contents, about];
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    return join(this.options.folder, 'runs', name);
  }
}

/** What traces hold is nobody else's business. */
const PRIVATE = { recursive: true, mode: 0o700 } as const;

/** Forgets all runs; gives the bytes that they took. */
export async function clearCache(folder: string): Promise<number> {
  return await clearFolders(foldersOf(folder));
}

function foldersOf(folder: string): readonly string[] {
  return FOLDERS.map((name) => join(folder, name));
}
