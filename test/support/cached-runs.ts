import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeRun } from '../../src/core/analyze.ts';
import type { RunGroup } from '../../src/core/model/run.ts';
import type { Analysis } from '../../src/core/model/tables.ts';
import { groupRuns } from '../../src/core/runs/group-runs.ts';
import { computeOverview } from '../../src/core/timeline/overview.ts';
import { listSteps } from '../../src/core/timeline/list-steps.ts';
import { findRunFiles } from '../../src/files/find-run-files.ts';
import { readRun } from '../../src/files/read-run.ts';
import { RunCache, type CacheOptions, type Question } from '../../src/files/run-cache/run-cache.ts';
import type { AnalyzedRun } from '../../src/files/run-cache/run-entry.ts';
import { packSteps } from '../../src/protocol/step-columns.ts';
import { type Changes, simulationOf, textsOf } from './simulated-run.ts';
import type { SimulationConfig } from '../../src/simulator/simulation-config.ts';

const { signal } = new AbortController();

/** Times of files are true; an hour later all of them rest. */
const LATER_MS = 3_600_000;

/** A folder with runs and a cache, to be removed in the end. */
export class CacheFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'run-cache-'));
  readonly cacheFolder = join(this.folder, 'cache');
  readonly runFolder = join(this.folder, 'run');

  constructor() {
    mkdirSync(this.runFolder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  cache(changes: Partial<CacheOptions> = {}): RunCache {
    return new RunCache({
      folder: this.cacheFolder,
      maxBytes: 1e9,
      program: 'test',
      signal,
      nowMs: () => Date.now() + LATER_MS,
      ...changes,
    });
  }

  /** Writes a small run of spans, or of what is asked. */
  async write(changes: Changes<SimulationConfig> = {}, seed = 1): Promise<RunGroup> {
    const simulated = simulationOf({ steps: 6, recording: { format: 'spans' }, ...changes }, seed);
    for (let rank = 0; rank < simulated.config.ranks; rank++) {
      textsOf(simulated, rank).forEach((text, file) =>
        writeFileSync(join(this.runFolder, file), text),
      );
    }
    return await groupIn(this.runFolder);
  }
}

export async function groupIn(path: string): Promise<RunGroup> {
  const [group] = groupRuns(await findRunFiles([path], signal));
  return group;
}

export function questionOf(group: RunGroup, about: unknown = null): Question {
  return { paths: group.files.map(({ path }) => path), about };
}

export async function analyzeFresh(
  group: RunGroup,
  maxRanksInMemory?: number,
): Promise<AnalyzedRun> {
  const options = maxRanksInMemory === undefined ? {} : { maxRanksInMemory };
  return withFirst(analyzeRun(await readRun(group, { signal, ...options })));
}

function withFirst(analysis: Analysis): AnalyzedRun {
  const steps = packSteps(listSteps(analysis));
  return { analysis, overview: computeOverview(analysis), steps };
}
