import assert from 'node:assert/strict';
import { serialStreams } from '../../../src/core/detectors/serial-streams.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const TURNS = `
  main      lwlwlwlw----------
  stream 7  K-----    K---
  stream 9        K---    K---`;

describeDetector(serialStreams, {
  finds: [
    {
      name: 'two streams that wait for each other by events',
      run: () => drawRun([TURNS], { steps: 25 }),
      check: (finding) => {
        // The lesser stream works for 8 of 18 ms.
        assert.equal(finding.savingNsPerStep, 8e6);
        assert.ok(Math.abs(finding.threshold.measured - 800 / 18) < 1e-9);
        assert.equal(finding.severity, 'warning');
        assert.equal(finding.confidence, 'medium');
        assert.match(finding.why, /^stream 7 and stream 9 hardly ever work at the same time \(0 %/);
        assert.deepEqual(
          new Set(finding.evidence.map(({ lane }) => lane)),
          new Set(['stream 7', 'stream 9']),
        );
      },
    },
    {
      name: 'two streams between which the host waits',
      run: () => drawRun([TURNS.replaceAll('w', 'Y')], { steps: 25 }),
      check: ({ savingNsPerStep }) => {
        assert.equal(savingNsPerStep, 8e6);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'streams that work at the same time',
      run: () =>
        drawRun(['main      lwlwlwl---------\nstream 7  K---  K---\nstream 9    K---  K---'], {
          steps: 25,
        }),
    },
    {
      name: 'turns that no call forces',
      run: () => drawRun([TURNS.replaceAll('w', '-')], { steps: 25 }),
    },
    {
      name: 'one stream',
      run: () => drawRun(['main      lwlwlwl---------\nstream 7  K---K---K---K---'], { steps: 25 }),
    },
    {
      name: 'a stream of communication, which others speak of',
      run: () =>
        drawRun(
          ['main      lwlwlwl---------\nstream 7  K---    K---\nstream 9      C---    C---'],
          { steps: 25 },
        ),
    },
    {
      name: 'a stream that hardly works',
      run: () =>
        drawRun(
          [
            `main      lwlwlw${'-'.repeat(60)}\nstream 7  K${'-'.repeat(60)} K\nstream 9  ${' '.repeat(61)}K`,
          ],
          {
            steps: 25,
          },
        ),
    },
  ],
});
