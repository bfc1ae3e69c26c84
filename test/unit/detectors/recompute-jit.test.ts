import assert from 'node:assert/strict';
import { recomputeJit } from '../../../src/core/detectors/recompute-jit.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const STEP = 'main      l         l\nstream 7  K---------K---------';
const COMPILES = 'main      l J-------l         l\nstream 7  K---     K---------K-----';
const COMPILES_LONG = 'main      l J------------------l\nstream 7  K---                K---';

describeDetector(recomputeJit, {
  finds: [
    {
      name: 'compilation in some steps',
      run: () => drawRun([(step) => (step % 10 === 9 ? COMPILES : STEP)], { steps: 41 }),
      check: (finding) => {
        // In 4 of 40 steps the GPU idles for 5 ms of the compilation's 8.
        assert.deepEqual(finding.steps, [9, 19, 29, 39]);
        assert.equal(finding.savingNsPerStep, (4 * 5e6) / 40);
        assert.equal(finding.threshold.name, 'infoPercent');
        assert.match(finding.why, /_compile\.compile_inner/);
      },
    },
    {
      name: 'a single compilation that takes most of a step',
      run: () => drawRun([(step) => (step === 20 ? COMPILES_LONG : STEP)], { steps: 41 }),
      check: (finding) => {
        assert.deepEqual(finding.steps, [20]);
        assert.equal(finding.severity, 'info');
        assert.equal(finding.threshold.name, 'tailPercent');
        // Of 40 steps, 39 take 20 ms and this one 24, of which the GPU idles 16.
        const meanMs = (39 * 20 + 24) / 40;
        assert.ok(Math.abs(finding.threshold.measured - (100 * 16) / meanMs) < 1e-6);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'compilation in the first steps',
      run: () => drawRun([(step) => (step === 0 ? COMPILES_LONG : STEP)], { steps: 25 }),
    },
    {
      name: 'a single short one',
      run: () => drawRun([(step) => (step === 20 ? COMPILES : STEP)], { steps: 41 }),
    },
    {
      name: 'calls of code that is compiled',
      run: () => drawRun(['main      F---l---B---l\nstream 7       K---    K---'], { steps: 25 }),
    },
  ],
});
