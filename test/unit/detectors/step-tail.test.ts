import assert from 'node:assert/strict';
import { stepTail } from '../../../src/core/detectors/step-tail.ts';
import { valuesOf } from '../../../src/core/detectors/registry.ts';
import { deriveRun } from '../../../src/core/derived/run-derived.ts';
import { restOfEachStep } from '../../../src/core/derived/time-budget.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const TYPICAL = 'main      D-F-----B-----';
const SLOW = 'main      D-F-----B-----W---------------';

describeDetector(stepTail, {
  finds: [
    {
      name: 'slow steps and the phase that makes them slow',
      run: () => drawRun([(step) => (step % 10 === 9 ? SLOW : TYPICAL)], { steps: 61 }),
      check: (finding) => {
        assert.deepEqual(finding.steps, [9, 19, 29, 39, 49, 59]);
        assert.match(finding.why, /phase checkpoint/);
        assert.equal(finding.layer, 'orchestration');
        assert.equal(finding.savingNsPerStep, Math.round((6 * 16e6) / 60));
        assert.equal(finding.severity, 'warning');
      },
    },
  ],
  staysQuiet: [
    { name: 'steps that are all alike', run: () => drawRun([TYPICAL], { steps: 61 }) },
    {
      name: 'a slow step among few',
      run: () => drawRun([(step) => (step === 9 ? SLOW : TYPICAL)], { steps: 15 }),
    },
    {
      name: 'a slow first step',
      run: () => drawRun([(step) => (step === 0 ? SLOW : TYPICAL)], { steps: 61 }),
    },
  ],
});

describe('a tail of ranks that train together', () => {
  const run = drawRun(
    [9, 8].map(
      (divisor) => (step) => (step % 10 === 9 ? SLOW + '-'.repeat(10 - divisor) : TYPICAL),
    ),
    { steps: 61 },
  );
  const tables = deriveRun(run);
  const [draft] = [...stepTail.detect(tables, valuesOf(stepTail, {}))];
  const [{ tables: own }] = tables.ranks;
  const slow = [9, 19, 29, 39, 49, 59];

  it('is told of the worst rank', () => {
    assert.deepEqual(draft.ranks, [1]);
  });

  it('is explained by what explains the same steps of another rank', () => {
    const taken = restOfEachStep(own.steps, slow, () => 20e6);
    assert.equal(draft.reassess?.(50, [taken, undefined]), null);
  });

  it('is not explained by what happens in other steps', () => {
    const others = restOfEachStep(own.steps, [5, 15, 25], () => 2e6);
    assert.notEqual(draft.reassess?.(50, [others, undefined]), null);
  });
});
