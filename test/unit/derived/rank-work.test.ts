import assert from 'node:assert/strict';
import { compareWork, type StepWork } from '../../../src/core/derived/rank-work.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { type Drawing, drawRun } from '../../support/draw-run.ts';

describe('the work of ranks, step by step', () => {
  it('is the step without its collectives, without a device', () => {
    const [step] = workOf(['main      F---G---O-', 'main      F-----G-O-', 'main      F---G---O-']);
    assert.deepEqual([...step.workNs], [6e6, 8e6, 6e6]);
    assert.ok(Math.abs(step.spread - 1 / 3) < 1e-9);
    assert.ok(Math.abs(step.lossNs - (8e6 - 20e6 / 3)) < 1);
  });

  it('is the compute of the device', () => {
    const [step] = workOf([
      'main      ll--------\nstream 7  K--\nstream 9     C------',
      'main      ll--------\nstream 7  K-----\nstream 9        C---',
    ]);
    assert.deepEqual([...step.workNs], [3e6, 6e6]);
  });

  it('is compared in the steps that all ranks have', () => {
    const tables = deriveRun(drawRun(['main      F---G---', 'main      F---G---'], { steps: 6 }));
    const steps = compareWork(
      tables.ranks.map(({ tables: own }, row) => ({
        tables: own,
        rows: row === 0 ? [1, 2, 3] : [2, 3, 4],
      })),
    );
    assert.deepEqual(
      steps.map(({ step }) => step),
      [2, 3],
    );
  });
});

function workOf(drawings: readonly Drawing[]): StepWork[] {
  const { ranks, analyzed } = deriveRun(drawRun(drawings, { steps: 5 }));
  return compareWork(ranks.map(({ row, tables }) => ({ tables, rows: analyzed[row].rows })));
}
