import assert from 'node:assert/strict';
import { validationStall } from '../../../src/core/detectors/validation-stall.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const STEP = `
  main      F-l-B-l-
  stream 7    K---K-`;
/** The device computes half of the time that validation takes. */
const VALIDATING = `
  main      F-l-B-l-V-----------
  main                l-----l---
  stream 7    K---K---K--   K--`;

describeDetector(validationStall, {
  finds: [
    {
      name: 'validation every eight steps, with the work of the device in it',
      run: () => drawRun([(step) => (step % 8 === 7 ? VALIDATING : STEP)], { steps: 41 }),
      check: (finding) => {
        assert.deepEqual(finding.steps, [7, 15, 23, 31, 39]);
        assert.equal(finding.savingNsPerStep, (5 * 12e6) / 40);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 60) / (40 * 8 + 60)) < 1e-9);
        assert.match(finding.why, /validates every 8 steps, and training stands still for 12.0 ms/);
      },
    },
    {
      name: 'a single long one as a note',
      run: () =>
        drawRun(
          [(step) => (step === 20 ? `main      F---B---V${'-'.repeat(15)}` : 'main      F---B---')],
          { steps: 90 },
        ),
      check: ({ severity, threshold }) => {
        assert.equal(severity, 'info');
        assert.deepEqual(threshold, { name: 'stallSteps', value: 2, measured: 2 });
      },
    },
  ],
  staysQuiet: [
    { name: 'a run without validation', run: () => drawRun([STEP], { steps: 41 }) },
    {
      name: 'a recording of validation alone',
      run: () => drawRun(['main      V---------V--------- '], { steps: 30 }),
    },
    {
      name: 'an annotation around training that is named so',
      run: () => drawRun(['main      V---------\nmain       F-B--O--'], { steps: 30 }),
    },
  ],
});
