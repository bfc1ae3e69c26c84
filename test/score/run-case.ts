import { analyzeRun } from '../../src/core/analyze.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { readSimulated } from '../support/simulated-run.ts';
import { type CaseResult, judgeCase } from './judge-case.ts';
import type { ScoreCase } from './draw-case.ts';

/** A trouble that costs less of the step than this, because something hides it, is none that anybody should name. */
const MIN_COST = 0.05;

/**
 * Simulates the case, reads its files with the product's own readers, and judges the report. Null where a trouble
 * did not take, such as a slow augmentation that idle workers absorb, or where no file can name it, such as a logger
 * in a trace without annotations and stacks.
 */
export async function runCase({ config, seed }: ScoreCase): Promise<CaseResult | null> {
  const simulated = simulate(config, seed);
  const { troubles, stepTime } = simulated.truth;
  if (
    troubles.some(({ savingNs, isTold }) => !isTold || savingNs.mean < MIN_COST * stepTime.meanNs)
  ) {
    return null;
  }
  const { report } = analyzeRun(await readSimulated(simulated));
  return judgeCase(simulated, report);
}
