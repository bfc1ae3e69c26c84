import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis } from '../../src/core/model/tables.ts';
import { sharedFile } from '../support/shared-data.ts';
import { loadAnalysis } from './load-analysis.ts';
import { manyRanks } from './many-ranks.ts';
import type { PageHostOptions } from './page-host.ts';
import { gpuRun, sampleRun } from './stories.ts';

const RECORDED = 'test/fixtures/recorded';
const REAL = ['kineto/resnet50-num-workers-0', 'kineto/dlrm-8-ranks'];

/** Ranks that wait for each other: two of them are late. */
const MANY = {
  ranks: 1024,
  steps: 100,
  stragglers: new Map([
    [5, 0.12],
    [716, 0.3],
  ]),
  isSynchronous: true,
};

export interface Room {
  readonly title: string;
  readonly options?: PageHostOptions;
  /** Null has no run to show. */
  readonly read: (() => Promise<Analysis>) | null;
}

/** Every state that the page can be in, on runs that are simulated, recorded or real. */
export function listRooms(): readonly Room[] {
  const recorded = readdirSync(RECORDED, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return [
    { title: 'Four GPUs that wait for data', read: gpuRun, options: { focusRank: 0 } },
    { title: '64 ranks', read: async () => await gpuRun({ ranks: 64, steps: 12 }) },
    { title: 'One rank', read: async () => await gpuRun({ ranks: 1 }), options: { focusRank: 0 } },
    { title: 'One step', read: async () => await gpuRun({ ranks: 2, steps: 2 }) },
    { title: 'The recorded sample, on a CPU', read: sampleRun },
    ...recorded.map(({ name }) => ({
      title: `Recorded: ${name}`,
      read: async () => await loadAnalysis(join(RECORDED, name)),
    })),
    {
      title: 'A pipeline of Megatron-LM',
      read: async () => await loadAnalysis('test/fixtures/megatron/two-stages.json'),
    },
    ...REAL.flatMap((name) => {
      const path = sharedFile(name);
      return path === null
        ? []
        : [{ title: `Real: ${name}`, read: async () => await loadAnalysis(path) }];
    }),
    {
      title: '1,024 ranks',
      read: async () => manyRanks(await gpuRun({ ranks: 1, steps: 6 }), MANY),
    },
    {
      title: 'Waiting for the analysis',
      read: null,
      options: { progress: { text: 'rank3.pt.trace.json.gz', percent: 37 } },
    },
    {
      title: 'The run cannot be read',
      read: null,
      options: { failure: 'rank0.json is not there any more' },
    },
  ];
}
