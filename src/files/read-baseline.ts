import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { summarizeBaseline } from '../core/analyze.ts';
import type { RunSummary } from '../core/model/baseline.ts';
import type { RunGroup } from '../core/model/run.ts';
import { groupRuns } from '../core/runs/group-runs.ts';
import { FileError } from './file-error.ts';
import { findRunFiles } from './find-run-files.ts';
import { listRunFolder } from './list-run-folder.ts';
import { readRun } from './read-run.ts';

export interface BaselineRead {
  readonly baseline: RunSummary | null;
  /** Why there is none although one is named, as a sentence that says what to do; null where all is well. */
  readonly baselineProblem: string | null;
}

export interface BaselineOptions {
  /** Files of the run that is compared: it is no baseline of itself. */
  readonly files: readonly string[];
  /** Folders outside of which nothing is read; null is anywhere. */
  readonly folders: readonly string[] | null;
  readonly signal: AbortSignal;
}

const NAMES_SHOWN = 5;

/** Why a baseline cannot be used; part of a sentence. */
class NoBaseline extends Error {
  override readonly name = 'NoBaseline';
}

/** Nothing is wrong: a project names one of its runs, and people look at that one too. */
class IsItself extends Error {
  override readonly name = 'IsItself';
}

/** What a baseline is to be read of; `problem` says why there is none although one is named. */
export interface BaselineFound {
  readonly group: RunGroup | null;
  readonly problem: string | null;
}

/** The run in a file or folder as a baseline. Throws only what `signal` throws: an analysis goes on without. */
export async function readBaseline(
  path: string | null,
  options: BaselineOptions,
): Promise<BaselineRead> {
  return await readFoundBaseline(path, await findBaseline(path, options), options.signal);
}

/** Finds the files of a baseline, and reads no more than their heads. Throws only what `signal` throws. */
export async function findBaseline(
  path: string | null,
  options: BaselineOptions,
): Promise<BaselineFound> {
  if (path === null) {
    return { group: null, problem: null };
  }
  try {
    return { group: await findOther(path, options), problem: null };
  } catch (error) {
    if (error instanceof IsItself) {
      return {
        group: null,
        problem: 'This run is the baseline that others are compared with.',
      };
    }
    return { group: null, problem: explain(path, error, options.signal) };
  }
}

/** Reads the baseline that was found. Throws only what `signal` throws. */
export async function readFoundBaseline(
  path: string | null,
  { group, problem }: BaselineFound,
  signal: AbortSignal,
): Promise<BaselineRead> {
  if (path === null || group === null) {
    return { baseline: null, baselineProblem: problem };
  }
  try {
    return { baseline: await summarize(group, signal), baselineProblem: null };
  } catch (error) {
    return { baseline: null, baselineProblem: explain(path, error, signal) };
  }
}

/** Why a baseline cannot be used. Throws what is no reason. */
function explain(path: string, error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (!(error instanceof NoBaseline || error instanceof FileError)) {
    throw error;
  }
  const reason = error instanceof NoBaseline ? `${path} ${error.message}` : error.message;
  return `There is no baseline to compare with: ${reason}. Name a file or the folder of another run.`;
}

async function findOther(path: string, options: BaselineOptions): Promise<RunGroup> {
  await requireInside(path, options.folders);
  const group = await findGroup(path, options.signal);
  const own = new Set(await Promise.all(options.files.map(realPathOf)));
  const others = await Promise.all(group.files.map(async (file) => await realPathOf(file.path)));
  if (others.some((file) => own.has(file))) {
    throw new IsItself();
  }
  return group;
}

async function summarize(group: RunGroup, signal: AbortSignal): Promise<RunSummary> {
  const run = await readRun(group, { signal });
  if (run.ranks.every(({ trace }) => trace.spans.length === 0)) {
    const reason = run.ranks[0]?.trace.problems[0]?.reason;
    throw new NoBaseline(`has no events${reason === undefined ? '' : ` (${reason})`}`);
  }
  return summarizeBaseline(run);
}

/** Whatever a path says, links may lead elsewhere. */
async function requireInside(path: string, folders: readonly string[] | null): Promise<void> {
  if (folders === null) {
    return;
  }
  const real = await realPathOf(path);
  const allowed = await Promise.all(folders.map(realPathOf));
  if (!allowed.some((folder) => real === folder || real.startsWith(withSeparator(folder)))) {
    throw new NoBaseline('lies outside of the folders that are open, and is not read');
  }
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

/** With a file, the run that it is of; with a folder, the only run in it. */
async function findGroup(path: string, signal: AbortSignal): Promise<RunGroup> {
  const isFolder = await isDirectory(path);
  const groups = isFolder
    ? groupRuns(await findRunFiles([path], signal))
    : groupRuns(await findRunFiles([path], signal, await listRunFolder(path))).filter(({ files }) =>
        files.some((file) => file.path === path),
      );
  const [group] = groups;
  if (group === undefined) {
    throw new NoBaseline('holds no trace or timing file');
  }
  if (groups.length > 1) {
    const names = groups.slice(0, NAMES_SHOWN).map(nameOf).join(', ');
    const more = groups.length > NAMES_SHOWN ? ` and ${groups.length - NAMES_SHOWN} more` : '';
    throw new NoBaseline(`holds ${groups.length} runs (${names}${more})`);
  }
  return group;
}

function nameOf({ name, folder }: RunGroup): string {
  return name === '' ? basename(folder) : name;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new FileError(path, error);
  }
}

/** Of what is not there, as far as its folder is. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : `${withSeparator(await realPathOf(parent))}${basename(path)}`;
  }
}
