import { analyzeRun } from '../../src/core/analyze.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { readSimulated } from '../support/simulated-run.ts';
import { type CaseResult, judgeCase } from './judge-case.ts';
import type { ScoreCase } from './draw-case.ts';

/** Simulates the case, reads its files with the product's own readers, and judges the report. */
export async function runCase({ config, seed }: ScoreCase): Promise<CaseResult> {
  const simulated = simulate(config, seed);
  const { report } = analyzeRun(await readSimulated(simulated));
  return judgeCase(simulated, report);
}
