import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { loggingStall } from '../../../src/core/detectors/logging-stall.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const LOGGING = `
  main      F-l-B-l-L--
  stream 7    K---K--`;
const QUICK = `
  main      F-l---B-l---------L
  stream 7    K---------------K`;

describeDetector(loggingStall, {
  finds: [
    {
      name: 'a log in every step',
      run: () => drawRun([LOGGING], { steps: 25 }),
      check: (finding) => {
        // 2 of the 3 ms that it takes are without device work, of 11 ms.
        assert.equal(finding.savingNsPerStep, 2e6);
        assert.ok(Math.abs(finding.threshold.measured - 200 / 11) < 1e-9);
        assert.equal(finding.severity, 'warning');
        assert.match(finding.why, /logs in every step, and the GPU idles for 2 ms each time/);
        assert.equal(finding.layer, 'orchestration');
      },
    },
    {
      name: 'logs without a GPU, at irregular times',
      run: () =>
        drawRun(
          [
            (step) =>
              [3, 4, 9, 16].includes(step) ? 'main      F---B---L---' : 'main      F---B---',
          ],
          { steps: 25 },
        ),
      check: ({ why }) => {
        assert.match(why, /logs in 4 of 24 steps, and training stands still for 4 ms/);
      },
    },
  ],
  staysQuiet: [
    { name: 'logs while the GPU works', run: () => drawRun([QUICK], { steps: 25 }) },
    {
      name: 'a log now and then that takes little',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 8 === 7 ? 'main      F-------B-------L' : 'main      F-------B-------',
          ],
          { steps: 49 },
        ),
    },
  ],
});

describe('logs of one rank', () => {
  it('are what the others wait for in the next collective, which no straggler says again', () => {
    const logs = 'main      L---F---B---G-O-';
    const waits = 'main      F---B---G-----O-';
    const { findings } = analyzeRun(drawRun([logs, waits], { steps: 31 })).report;
    const [first] = findings;
    assert.deepEqual([first.id, first.ranks], ['logging-stall', [0]]);
    assert.ok(findings.every(({ id }) => id !== 'straggler'));
  });
});
