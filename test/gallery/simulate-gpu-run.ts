import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { traceFilesOf } from '../../src/simulator/files-of.ts';
import { SCRIPT_FILE } from '../../src/simulator/script/train-script.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { HEALTHY_RUN } from '../../src/simulator/simulation-config.ts';
import type { Trouble } from '../../src/simulator/trouble.ts';

export interface SimulationOptions {
  readonly ranks: number;
  readonly steps: number;
  readonly seed: number;
  /** Name of an operator of every step; to try what text can do. */
  readonly operatorName?: string;
  /** The script that the stack names; `train.py` unless given. */
  readonly script?: string;
}

/** The rank whose loader is slower than that of the others. */
const SLOW_RANK = 2;

/** Writes the traces of a job whose loader is slow, every 8th batch the more. */
export function simulateGpuRun(folder: string, options: SimulationOptions): void {
  const { ranks, steps, seed, operatorName, script = SCRIPT_FILE } = options;
  const troubles: Trouble[] = [{ kind: 'late-batches', extraNs: 34_000_000, when: { every: 8 } }];
  if (ranks > SLOW_RANK) {
    const extraNs = 3_000_000;
    troubles.push({ kind: 'straggler', rank: SLOW_RANK, cause: 'data', extraNs, steps: null });
  }
  const run = simulate(
    {
      ...HEALTHY_RUN,
      ranks,
      steps,
      model: {
        kind: 'convolutional',
        layers: 24,
        parameters: 25e6,
        matrixKernelNs: 120_000,
        pointwiseKernelNs: 20_000,
        operatorNs: 30_000,
      },
      loader: { ...HEALTHY_RUN.loader, workers: 0, batchNs: 20_000_000 },
      optimizer: 'SGD',
      recording: { ...HEALTHY_RUN.recording, stacks: true },
      troubles,
    },
    seed,
  );
  mkdirSync(folder, { recursive: true });
  for (let rank = 0; rank < ranks; rank++) {
    for (const { file, text } of traceFilesOf(run, rank)) {
      appendFileSync(join(folder, file), renamed(text, script, operatorName));
    }
  }
}

function renamed(text: string, script: string, operatorName: string | undefined): string {
  const named = text.replaceAll(`"${SCRIPT_FILE}(`, `"${script}(`);
  return operatorName === undefined
    ? named
    : named.replaceAll('"aten::conv2d"', () => JSON.stringify(operatorName));
}
