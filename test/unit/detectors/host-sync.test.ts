import assert from 'node:assert/strict';
import { hostSync } from '../../../src/core/detectors/host-sync.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

// The host waits in Y until the kernel ends, then needs 3 ms to launch the next.
const SYNCED = `
  main      P-------------
  main      lY----   l----
  stream 7   K----   K----
`;

describeDetector(hostSync, {
  finds: [
    {
      name: 'idle time after a synchronizing call, at the line of its caller',
      run: () => drawRun([SYNCED], { steps: 25 }),
      check: (finding) => {
        assert.match(finding.why, /^cudaStreamSynchronize/);
        assert.deepEqual(finding.location, frameOf('main', 61));
        assert.equal(finding.savingNsPerStep, 3e6);
        assert.equal(finding.severity, 'error');
      },
    },
  ],
  staysQuiet: [
    {
      name: 'a synchronizing call after which the GPU has work',
      run: () =>
        drawRun(
          [
            `
        main      llY---   l----
        stream 7   K--K----------
      `,
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'idle time without a synchronizing call',
      run: () =>
        drawRun(
          [
            `
        main      l        l----
        stream 7   K----   K----
      `,
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'less than a millisecond of it',
      run: () => drawRun([SYNCED], { steps: 25, tickNs: 100_000 }),
    },
  ],
});
