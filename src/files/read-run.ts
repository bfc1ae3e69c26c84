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
import type { ReadSteps, Trace } from '../core/model/trace.ts';
import { assembleRun } from '../core/runs/assemble-run.ts';
import { spillTrace } from '../core/runs/spill-trace.ts';
import { inOrder } from '../base/in-order.ts';
import { SpillCache } from '../base/spill-cache.ts';
import { FileError } from './file-error.ts';
import { findMetricFiles } from './find-metrics.ts';
import type { FollowedFiles } from './followed-files.ts';
import { ConfigError, readConfig } from './read-config.ts';
import { withMetricsBeside } from './read-metric-files.ts';
import { readFile } from './read-file.ts';
import { readInParts } from './read-in-parts.ts';
import { threadsFor, type Reading, type ReadThreads } from './read-threads.ts';
import { RunProgress, type ReadProgress } from './run-progress.ts';
import { SpillFile } from './spill-file.ts';

/** Runs of more ranks do not have all of them in memory. */
export const MAX_RANKS_IN_MEMORY = 32;
/** Of such runs, as many are: what one detector compares, and what people look at. */
export const RANKS_KEPT = 8;

/** What an event takes while it is read and analyzed, as measured on traces of PyTorch. */
const EVENT_BYTES = 180;
/** What the program takes without any. */
const PROGRAM_BYTES = 100 << 20;
/** Whatever the limit, there is something to be seen. */
const MIN_EVENTS = 20_000;
/** Few traces have shorter events, in text. */
const MIN_EVENT_BYTES = 100;

export interface ReadRunOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Of more ranks, some wait on the disk; 32 unless given. */
  readonly maxRanksInMemory?: number;
  /** Above it nothing is looked for that says how metrics are to be read. */
  readonly configTop?: string;
  /** How much memory the events of all ranks may take; of more, only some steps are read. */
  readonly memoryLimitMb?: number | undefined;
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

interface FileTrace {
  readonly file: RunFile;
  readonly trace: Trace;
}

/** What the reading of all files of a run shares. */
interface RunReading {
  readonly options: ReadRunOptions;
  readonly threads: ReadThreads | null;
  readonly fileCount: number;
  readonly progress: RunProgress;
  readonly keep: (trace: Trace) => Trace;
  readonly mappings: readonly MetricMapping[];
  readonly maxEvents: number | undefined;
  readonly refusals: Error[];
}

async function readFiles(
  group: RunGroup,
  options: ReadRunOptions,
  threads: ReadThreads | null,
): Promise<Run> {
  const { files } = group;
  const reading: RunReading = {
    options,
    threads,
    fileCount: files.length,
    progress: new RunProgress(files, options.onProgress),
    keep: keeperOf(files, options.maxRanksInMemory ?? MAX_RANKS_IN_MEMORY),
    mappings: await readMappings(group, options.configTop),
    maxEvents: maxEventsOf(files.length, options.memoryLimitMb),
    refusals: [],
  };
  options.followed?.begin(files);
  const limit = (threads?.count ?? 0) + 1;
  const traces = await inOrder(files, limit, async (file) => readOne(file, reading));
  const [refusal] = reading.refusals;
  if (refusal !== undefined && reading.refusals.length === files.length) {
    throw refusal;
  }
  const alike = await readSameSteps(traces, reading, limit);
  const run = assembleRun(group, alike);
  return await withMetricsBeside(run, files, reading.mappings, options.signal);
}

/** Where of one rank only some steps were read, the others are compared with it in the same steps. */
async function readSameSteps(
  traces: readonly FileTrace[],
  reading: RunReading,
  limit: number,
): Promise<readonly FileTrace[]> {
  const steps = traces.find(({ trace }) => trace.readSteps)?.trace.readSteps ?? undefined;
  if (steps === undefined) {
    return traces;
  }
  return await inOrder(traces, limit, async (known) => {
    const own = known.trace.readSteps;
    const isSame = own?.first === steps.first && own.last === steps.last;
    return isSame ? known : await readOne(known.file, reading, steps);
  });
}

async function readOne(file: RunFile, reading: RunReading, steps?: ReadSteps): Promise<FileTrace> {
  const { signal, followed } = reading.options;
  const onProgress = (consumedBytes: number): void => reading.progress.show(file, consumedBytes);
  onProgress(0);
  try {
    const known = await followed?.read(file, signal, onProgress);
    const trace = known ?? (await readFresh(file, reading, { signal, onProgress, steps }));
    return { file, trace: reading.keep(trace) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FileError)) {
      throw error;
    }
    reading.refusals.push(error);
    return { file, trace: await traceOfRefusal(file, error, signal) };
  } finally {
    reading.progress.show(file, file.sizeBytes);
  }
}

/** Of several files each on the next thread, of which this is one; a single large one in parts. */
async function readFresh(
  file: RunFile,
  { threads, fileCount, mappings, maxEvents }: RunReading,
  { signal, onProgress, steps }: Reading & { readonly steps: ReadSteps | undefined },
): Promise<Trace> {
  const { path, sizeBytes } = file;
  const metricMapping = isOther(file) ? mappingOf(path, mappings) : null;
  const options = { signal, onProgress, maxEvents, steps, metricMapping };
  if (threads === null || metricMapping !== null) {
    return await readFile(path, options);
  }
  if (fileCount > 1) {
    return threads.isBusy
      ? await readFile(path, options)
      : await threads.run('read', { path, maxEvents, steps }, { signal, onProgress });
  }
  const mayBeTooLarge = maxEvents !== undefined && sizeBytes > MIN_EVENT_BYTES * maxEvents;
  const joined = mayBeTooLarge ? null : await readInParts(path, threads, { signal, onProgress });
  return joined ?? (await readFile(path, options));
}

/** For each of so many files; undefined where there is no limit. */
function maxEventsOf(fileCount: number, memoryLimitMb: number | undefined): number | undefined {
  if (memoryLimitMb === undefined) {
    return undefined;
  }
  const bytes = memoryLimitMb * 2 ** 20 - PROGRAM_BYTES;
  const inMemory = Math.min(fileCount, MAX_RANKS_IN_MEMORY);
  return Math.max(MIN_EVENTS, Math.floor(bytes / EVENT_BYTES / inMemory));
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
