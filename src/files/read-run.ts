import { resolve } from 'node:path';
import type { ByteSource } from '../core/formats/byte-source.ts';
import { type MetricMapping, mappingOf } from '../core/formats/metric-files/metric-mapping.ts';
import { readTrace } from '../core/formats/read-trace.ts';
import {
  METRICS_FORMAT,
  type Run,
  type RunFile,
  type RunGroup,
  UNKNOWN_FORMAT,
} from '../core/model/run.ts';
import type { Trace } from '../core/model/trace.ts';
import { assembleRun } from '../core/runs/assemble-run.ts';
import { spillTrace } from '../core/runs/spill-trace.ts';
import { inOrder } from '../base/in-order.ts';
import { SpillCache } from '../base/spill-cache.ts';
import { FileError } from './file-error.ts';
import { findMetricFiles } from './find-metrics.ts';
import { inflateBytes } from './inflate-bytes.ts';
import type { FollowedFiles } from './followed-files.ts';
import { openDatabase } from './open-database.ts';
import { openFile } from './open-file.ts';
import { ConfigError, readConfig } from './read-config.ts';
import { withMetricsBeside } from './read-metric-files.ts';
import { readInParts } from './read-in-parts.ts';
import { threadsFor, type Reading, type ReadThreads } from './read-threads.ts';
import { RunProgress, type ReadProgress } from './run-progress.ts';
import { SpillFile } from './spill-file.ts';

/** Runs of more ranks do not have all of them in memory. */
export const MAX_RANKS_IN_MEMORY = 32;
/** Of such runs, as many are: what one detector compares, and what people look at. */
export const RANKS_KEPT = 8;

export interface ReadRunOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Of more ranks, some wait on the disk; 32 unless given. */
  readonly maxRanksInMemory?: number;
  /** Above it nothing is looked for that says how metrics are to be read. */
  readonly configTop?: string;
  /** What threads run that read several files, or a large one, at once; without it one reads all. */
  readonly threadScript?: URL | undefined;
  /** Reads on what it has read before. */
  readonly followed?: FollowedFiles;
}

/**
 * Reads the files of a run. A file that the system does not give, such as one that has vanished, is a
 * trace with that problem; where it gives none of them, its error is thrown.
 */
export async function readRun(group: RunGroup, options: ReadRunOptions): Promise<Run> {
  const threads = threadsFor(group.files, options.threadScript);
  try {
    return await readFiles(group, options, threads);
  } finally {
    await threads?.end();
  }
}

async function readFiles(
  group: RunGroup,
  options: ReadRunOptions,
  threads: ReadThreads | null,
): Promise<Run> {
  const { files } = group;
  const progress = new RunProgress(files, options.onProgress);
  const keep = keeperOf(files, options.maxRanksInMemory ?? MAX_RANKS_IN_MEMORY);
  const mappings = await readMappings(group, options.configTop);
  const refusals: Error[] = [];
  options.followed?.begin(files);
  const read = async (file: RunFile): Promise<{ file: RunFile; trace: Trace }> => {
    const reading = {
      signal: options.signal,
      onProgress: (consumedBytes: number) => progress.show(file, consumedBytes),
    };
    reading.onProgress(0);
    try {
      const known = await options.followed?.read(file, options.signal, reading.onProgress);
      if (known !== undefined && known !== null) {
        return { file, trace: keep(known) };
      }
      const mapping = isOther(file) ? mappingOf(file.path, mappings) : null;
      const trace =
        mapping !== null || threads === null
          ? await readHere(file.path, reading, mapping)
          : await readOnThreads(file.path, reading, files.length, threads);
      return { file, trace: keep(trace) };
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof FileError)) {
        throw error;
      }
      refusals.push(error);
      return { file, trace: await traceOfRefusal(file, error, options.signal) };
    } finally {
      progress.show(file, file.sizeBytes);
    }
  };
  const traces = await inOrder(files, (threads?.count ?? 0) + 1, read);
  if (refusals[0] !== undefined && refusals.length === files.length) {
    throw refusals[0];
  }
  const run = assembleRun(group, traces);
  return await withMetricsBeside(run, files, mappings, options.signal);
}

/** What {@link readRun} looks at besides the files of the run: how metrics are to be read, and the files that may hold some. */
export async function readSurroundings(
  group: RunGroup,
  configTop: string | undefined,
): Promise<{ readonly mappings: readonly MetricMapping[]; readonly paths: readonly string[] }> {
  const mappings = await readMappings(group, configTop);
  return { mappings, paths: await findMetricFiles(group.files, mappings) };
}

/** A trace is no table, whatever it is called. */
function isOther({ format }: RunFile): boolean {
  return format === UNKNOWN_FORMAT || format === METRICS_FORMAT;
}

/** What is wrong with the configuration is told where thresholds are read from it. */
async function readMappings(
  { folder }: RunGroup,
  top: string | undefined,
): Promise<readonly MetricMapping[]> {
  try {
    return (await readConfig(resolve(folder), top)).metrics;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof FileError) {
      return [];
    }
    throw error;
  }
}

/** One of several files on the next thread, of which this is one; a single one in parts, if it is large. */
async function readOnThreads(
  path: string,
  reading: Reading,
  fileCount: number,
  threads: ReadThreads,
): Promise<Trace> {
  if (fileCount === 1) {
    return (await readInParts(path, threads, reading)) ?? (await readHere(path, reading, null));
  }
  return threads.isBusy
    ? await readHere(path, reading, null)
    : await threads.run('read', { path }, reading);
}

async function readHere(
  path: string,
  reading: Reading,
  metricMapping: MetricMapping | null,
): Promise<Trace> {
  const source = await openFile(path);
  return await readTrace(source, {
    ...reading,
    openDatabase: () => openDatabase(path),
    inflate: inflateBytes,
    metricMapping,
  });
}

/** How the traces of the files are kept: as they are, or where they can leave the memory. */
function keeperOf(files: readonly RunFile[], maxRanks: number): (trace: Trace) => Trace {
  const ranks = new Set(files.map(({ rank, path }) => rank ?? path)).size;
  if (ranks <= maxRanks) {
    return (trace) => trace;
  }
  const cache = new SpillCache(new SpillFile().store, Math.min(RANKS_KEPT, maxRanks));
  return (trace) => spillTrace(trace, cache);
}

async function traceOfRefusal(file: RunFile, error: Error, signal: AbortSignal): Promise<Trace> {
  const trace = await readTrace(emptySource(file.path), { signal });
  const reason = `Training Sleuth ${error.message}. Analyze the run again once it can be read.`;
  return { ...trace, problems: [{ kind: 'unreadable', byteOffset: 0, reason, excerpt: '' }] };
}

function emptySource(name: string): ByteSource {
  return {
    name,
    sizeBytes: 0,
    consumedBytes: () => 0,
    truncation: () => null,
    async *chunks() {
      // Nothing to give.
    },
  };
}
