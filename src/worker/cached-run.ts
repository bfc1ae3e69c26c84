import type { DetectorOptions } from '../core/detectors/registry.ts';
import type { Report } from '../core/model/report.ts';
import type { RunGroup } from '../core/model/run.ts';
import type { BaselineFound } from '../files/read-baseline.ts';
import { readSurroundings } from '../files/read-run.ts';
import type { Config } from '../files/read-config.ts';
import { type Lookup, type Question, RunCache } from '../files/run-cache/run-cache.ts';
import type { CacheSettings } from '../protocol/worker-api.ts';
import { readProgramStamp } from './program-stamp.ts';

/** What decides the outcome of an analysis. */
export interface AnalysisInput {
  readonly group: RunGroup;
  readonly configTop: string;
  readonly config: Config;
  readonly detectors: DetectorOptions;
  readonly baseline: BaselineFound;
  readonly toolVersion: string;
  readonly memoryLimitMb: number | undefined;
}

/** Looks whether the run was analysed before, with the same files and settings, by the same program. */
export async function lookUp(
  settings: CacheSettings | null,
  input: AnalysisInput,
  signal: AbortSignal,
): Promise<Lookup> {
  if (settings === null) {
    return { found: null, keep: async () => undefined };
  }
  const cache = await openCache(settings, signal);
  return await cache.look(await questionOf(input));
}

/** The report of a run that was analyzed before, as {@link lookUp} would find it, without its tables. */
export async function recallReport(
  settings: CacheSettings | null,
  input: AnalysisInput,
  signal: AbortSignal,
): Promise<Report | null> {
  const cache = settings === null ? null : await openCache(settings, signal);
  return (await cache?.recallReport(await questionOf(input))) ?? null;
}

async function openCache(settings: CacheSettings, signal: AbortSignal): Promise<RunCache> {
  return new RunCache({ ...settings, program: await readProgramStamp(), signal });
}

async function questionOf({
  group,
  configTop,
  baseline,
  ...about
}: AnalysisInput): Promise<Question> {
  const paths: string[] = [];
  const read: object[] = [];
  for (const [own, top] of [
    [group, configTop],
    [baseline.group, undefined],
  ] as const) {
    if (own !== null) {
      const beside = await readSurroundings(own, top);
      paths.push(...own.files.map(({ path }) => path), ...beside.paths);
      read.push({ ...namesOf(own), ...beside });
    }
  }
  return { paths, about: [read, baseline.problem, about] };
}

/** What of a group is in the report or decides how it is read; when its files were written does not. */
function namesOf({ files, ...names }: RunGroup): object {
  return { ...names, files: files.map((file) => ({ ...file, modifiedMs: 0 })) };
}
