import assert from 'node:assert/strict';
import { precision } from '../../../src/core/detectors/precision.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const A100 = {
  devices: [{ index: 0, name: 'NVIDIA A100-SXM4-80GB', memoryBytes: null, computeCapability: 8 }],
};
// Both kernels of full precision are followed by work that is queued; a third of compute is another kernel.
const FULL = `
  main      lll
  stream 7  k---k---K---
`;

describeDetector(precision, {
  finds: [
    {
      name: 'matrix kernels in full precision on a device with tensor cores, as a note',
      run: () => drawRun([FULL], { steps: 25, meta: A100 }),
      check: (finding) => {
        assert.ok(Math.abs(finding.threshold.measured - (100 * 8) / 12) < 0.01);
        assert.equal(finding.savingNsPerStep, 8e6 / 2);
        assert.equal(finding.severity, 'info');
        assert.equal(finding.evidence[0].name, 'ampere_sgemm_128x64_tn');
      },
    },
    {
      name: 'kernels that only fill the time of a slow host, and promises nothing for them',
      run: () => drawRun(['main      l   l\nstream 7  k---K---'], { steps: 25, meta: A100 }),
      check: ({ savingNsPerStep }) => {
        assert.equal(savingNsPerStep, 0);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'kernels of another precision',
      run: () => drawRun([FULL.replaceAll('k', 'K')], { steps: 25, meta: A100 }),
    },
    {
      name: 'a device without tensor cores',
      run: () =>
        drawRun([FULL], {
          steps: 25,
          meta: { devices: [{ ...A100.devices[0], name: 'Tesla P100', computeCapability: 6 }] },
        }),
    },
    {
      name: 'a device of another maker that counts otherwise',
      run: () =>
        drawRun([FULL], {
          steps: 25,
          meta: {
            devices: [{ ...A100.devices[0], name: 'AMD Instinct MI250X', computeCapability: 9 }],
          },
        }),
    },
    {
      name: 'a device that the trace does not describe',
      run: () => drawRun([FULL], { steps: 25 }),
    },
    {
      name: 'less than a fifth of the compute time',
      run: () =>
        drawRun([`main      ll\nstream 7  k-K${'-'.repeat(8)}`], { steps: 25, meta: A100 }),
    },
  ],
});
