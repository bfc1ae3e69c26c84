import assert from 'node:assert/strict';
import { allocatorChurn } from '../../../src/core/detectors/allocator-churn.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

// The GPU idles from the call, which begins as the kernel ends, to the next kernel.
const CHURN = `
  main      P-------------
  main      l   A--l
  stream 7   K--    K-----
`;

describeDetector(allocatorChurn, {
  finds: [
    {
      name: 'an allocation in each step, with the idle time until the next launch',
      run: () => drawRun([CHURN], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 4) / 14) < 0.01);
        assert.equal(finding.severity, 'error');
        assert.equal(finding.evidence[0].name, 'cudaMalloc');
        assert.deepEqual(finding.location, frameOf('main', 61));
        assert.match(finding.why, /calls cudaMalloc and the like 1 times/);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'allocations of the first steps only',
      run: () =>
        drawRun([(step) => (step < 2 ? CHURN : CHURN.replace('A--', '   '))], { steps: 25 }),
    },
    {
      name: 'allocations while the GPU works',
      run: () => drawRun(['main      llA--\nstream 7  K--K-------'], { steps: 25 }),
    },
    {
      name: 'one in every other step',
      run: () =>
        drawRun([(step) => (step % 2 === 0 ? CHURN : CHURN.replace('A--', '   '))], { steps: 25 }),
    },
  ],
});
