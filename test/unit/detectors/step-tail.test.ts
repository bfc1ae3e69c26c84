import assert from 'node:assert/strict';
import { stepTail } from '../../../src/core/detectors/step-tail.ts';
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
