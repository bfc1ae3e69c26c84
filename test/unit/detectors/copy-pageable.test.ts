import assert from 'node:assert/strict';
import { copyPageable } from '../../../src/core/detectors/copy-pageable.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

// The copy takes 4 ms, then the GPU waits 2 ms until the host, which waited for it, has launched.
const PAGEABLE = `
  main      P-------------------
  main      m----  l
  stream 7  U---   K------------
`;

describeDetector(copyPageable, {
  finds: [
    {
      name: 'a copy that the host waits for, with the idle time after it',
      run: () => drawRun([PAGEABLE], { steps: 25 }),
      check: (finding) => {
        // Three quarters of 4 ms of copying, and 3 ms from its end to the kernel.
        assert.equal(finding.savingNsPerStep, 3e6 + 3e6);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 7) / 20) < 0.01);
        assert.equal(finding.severity, 'error');
        assert.equal(finding.evidence[0].name, 'Memcpy HtoD (Pageable -> Device)');
        assert.deepEqual(finding.location, frameOf('main', 61));
      },
    },
    {
      name: 'many small copies that cost a little',
      run: () =>
        drawRun([`main      ${'m'.repeat(12)}l\nstream 7  ${'U'.repeat(12)}K${'-'.repeat(387)}`], {
          steps: 25,
        }),
      check: (finding) => {
        assert.deepEqual(finding.threshold, { name: 'manyPercent', value: 2, measured: 3 });
        assert.equal(finding.severity, 'info');
        assert.match(finding.why, /12 copies/);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'copies from pinned memory',
      run: () => drawRun([PAGEABLE.replace('U', 'M')], { steps: 25 }),
    },
    {
      name: 'copies beside compute',
      run: () =>
        drawRun(['main      lm\nstream 7  K-----------\nstream 9   U----'], {
          steps: 25,
        }),
    },
    {
      name: 'a copy that takes little of the step',
      run: () => drawRun([`main      ml\nstream 7  UK${'-'.repeat(98)}`], { steps: 25 }),
    },
  ],
});
