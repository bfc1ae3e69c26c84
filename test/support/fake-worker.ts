import type { RunGroup } from '../../src/core/model/run.ts';
import type { AnalysisWorker } from '../../src/extension/runs/analysis-worker.ts';
import type { AnalyzedRun } from '../../src/extension/runs/training-run.ts';

export type Result = Omit<AnalyzedRun, 'generation' | 'finishedAtMs'>;

export interface FakeWorker extends AnalysisWorker {
  isDisposed: boolean;
  progress(percent: number): void;
  finish(result: Result): void;
  fail(error: Error): void;
}

export function group(...sizes: number[]): RunGroup {
  return {
    id: 'run',
    name: 'run',
    folder: '/runs',
    files: sizes.map((sizeBytes, rank) => ({
      path: `/runs/rank${rank}.json`,
      format: 'kineto',
      rank,
      worldSize: null,
      runName: null,
      sizeBytes,
      modifiedMs: 1_000 + sizeBytes,
    })),
  };
}

export function fakeWorker(onProgress: (text: string, percent: number) => void): FakeWorker {
  let settle: { resolve: (value: never) => void; reject: (error: Error) => void } | null = null;
  const worker: FakeWorker = {
    isDisposed: false,
    ask: async (question) => {
      if (settle !== null) {
        return await question({} as never);
      }
      return await new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
    },
    dispose: () => {
      worker.isDisposed = true;
      settle?.reject(new Error('closed'));
    },
    progress: (percent) => onProgress('reading', percent),
    finish: (result) => settle?.resolve(result as never),
    fail: (error) => settle?.reject(error),
  };
  return worker;
}

export const RESULT = { report: { tag: 1 }, overview: {} } as unknown as Result;
