import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { Identity } from '../core/formats/format.ts';
import { readHead } from '../core/formats/head.ts';
import { recognizeFormat } from '../core/formats/read-trace.ts';
import { LOG_FORMAT, type RunFile, UNKNOWN_FORMAT } from '../core/model/run.ts';
import { NSIGHT_REPORT } from '../core/formats/known-files.ts';
import { isReadable } from '../core/runs/file-series.ts';
import { withoutStrangers } from '../core/runs/group-runs.ts';
import { rankFromPath } from '../core/runs/rank-from-path.ts';
import { rankBesideTrace } from './ascend-rank.ts';
import { FileError } from './file-error.ts';
import { findCandidates, LOG_NAME } from './find-candidates.ts';
import { openFile } from './open-file.ts';

/** Less sure than this, a file is a run only if it is asked for by name. */
const MIN_SURENESS = 0.4;

/**
 * The trace and timing files among these, by path. A file that is `named` is in the result whatever
 * it holds; of those in folders and of the `others`, files and folders that may as well be gone,
 * only traces and what is called as if it were another rank of them. A file with two names is found
 * once. Throws a `FileError` for a named path that cannot be read.
 */
export async function findRunFiles(
  named: readonly string[],
  signal: AbortSignal,
  others: readonly string[] = [],
): Promise<RunFile[]> {
  const asked = new Map<string, RunFile>();
  const found = new Map<string, RunFile>();
  for (const path of named) {
    if ((await statOf(path)).isDirectory()) {
      await addCandidates(await findCandidates(path, signal), signal, found);
    } else {
      const real = await realPathOf(path);
      asked.set(real, asked.get(real) ?? (await describe(path, signal, 0)));
    }
  }
  for (const path of others) {
    await addCandidates(await listOther(path, signal), signal, found);
  }
  const isAsked = new Set(asked.values());
  const all = [...new Map([...found, ...asked]).values()];
  const kin = new Set(withoutStrangers(all));
  const paths = new Set(all.map(({ path }) => path));
  return all
    .filter((file) => isAsked.has(file) || kin.has(file) || isUnexported(file, paths))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** A report of Nsight Systems is told of, so that its owner learns how to export it, until that has been done. */
function isUnexported({ path }: RunFile, paths: ReadonlySet<string>): boolean {
  return NSIGHT_REPORT.test(path) && !paths.has(path.replace(NSIGHT_REPORT, '.sqlite'));
}

async function listOther(path: string, signal: AbortSignal): Promise<string[]> {
  try {
    return (await statOf(path)).isDirectory() ? await findCandidates(path, signal) : [path];
  } catch (error) {
    return passOver(error, []);
  }
}

async function addCandidates(
  paths: readonly string[],
  signal: AbortSignal,
  found: Map<string, RunFile>,
): Promise<void> {
  for (const path of paths) {
    const real = await realPathOf(path);
    const file = found.get(real) ?? (await describeCandidate(path, signal));
    if (file !== null) {
      // Its own name rather than that of a link.
      found.set(real, path === real ? { ...file, path } : file);
    }
  }
}

/** Null where it vanished since it was listed, and for a text that holds what no log is. One that is closed to us stays: its name may tell whose it is. */
async function describeCandidate(path: string, signal: AbortSignal): Promise<RunFile | null> {
  try {
    const file = await describe(path, signal, MIN_SURENESS);
    const isOther = LOG_NAME.test(path) && isReadable(file) && file.format !== LOG_FORMAT;
    return isOther ? null : file;
  } catch (error) {
    const entry = await stat(path).catch(() => null);
    return passOver(error, entry === null ? null : toRunFile(path, entry, UNKNOWN_FORMAT, null));
  }
}

/** Gives the value instead where the system refused a file; throws other errors. */
function passOver<T>(error: unknown, instead: T): T {
  if (error instanceof FileError) {
    return instead;
  }
  throw error;
}

async function describe(path: string, signal: AbortSignal, minSureness: number): Promise<RunFile> {
  signal.throwIfAborted();
  const entry = await statOf(path);
  const { head, close } = await readHead(await openFile(path), signal);
  await close();
  const recognized = recognizeFormat(head);
  if (recognized === null || recognized.sureness < minSureness) {
    return toRunFile(path, entry, UNKNOWN_FORMAT, null);
  }
  const { id } = recognized.format;
  const file = toRunFile(path, entry, id, recognized.format.identify(head));
  return id === 'ascend' ? { ...file, rank: (await rankBesideTrace(path)) ?? file.rank } : file;
}

/** Where the content does not tell the rank, the path may. */
function toRunFile(
  path: string,
  { size, mtimeMs }: Stats,
  format: string,
  identity: Identity | null,
): RunFile {
  const inPath = rankFromPath(path);
  return {
    path,
    format,
    rank: identity?.rank ?? inPath?.rank ?? null,
    worldSize: identity?.worldSize ?? inPath?.worldSize ?? null,
    runName: identity?.runName ?? null,
    sizeBytes: size,
    modifiedMs: mtimeMs,
  };
}

async function realPathOf(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new FileError(path, error);
  }
}
