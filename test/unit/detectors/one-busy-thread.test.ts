import assert from 'node:assert/strict';
import { oneBusyThread } from '../../../src/core/detectors/one-busy-thread.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

/** A thread prepares what the loop and another thread wait for. */
const PREPARES = `
  main      F-l
  thread 2  S-S-
  thread 3      p-------
  stream 7  K---        `;

describeDetector(oneBusyThread, {
  finds: [
    {
      name: 'a thread that works alone while the GPU idles',
      run: () => drawRun([PREPARES], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.savingNsPerStep, 8e6);
        assert.ok(Math.abs(finding.threshold.measured - 800 / 12) < 1e-9);
        assert.match(finding.why, /thread 3 works 100 % of the time, and 2 other threads/);
        assert.equal(finding.location?.line, 12);
        assert.equal(finding.severity, 'warning');
      },
    },
  ],
  staysQuiet: [
    {
      name: 'a loop that works itself',
      run: () =>
        drawRun(['main      F-l-F-------\nthread 2  S-S-\nthread 3  S-S-\nstream 7  K---'], {
          steps: 25,
        }),
    },
    {
      name: 'threads that work side by side',
      run: () =>
        drawRun(['main      F-l\nthread 2  S-S-S-S-S-S-\nthread 3      p-------\nstream 7  K---'], {
          steps: 25,
        }),
    },
    {
      name: 'a thread that waits as well',
      run: () => drawRun([PREPARES.replace('p-------', 'Y-------')], { steps: 25 }),
    },
    {
      name: 'a GPU that is busy',
      run: () => drawRun([PREPARES.replace('K---        ', 'K-----------')], { steps: 25 }),
    },
  ],
});
