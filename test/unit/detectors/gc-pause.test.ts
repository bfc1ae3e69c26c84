import assert from 'node:assert/strict';
import { gcPause } from '../../../src/core/detectors/gc-pause.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const STEP = 'main      l           l\nstream 7  K-----------K-----------';
const PAUSED = `
  main      P-----------------------
  main      l g----l           l
  stream 7  K--     K----------K----
`;

describeDetector(gcPause, {
  finds: [
    {
      name: 'pauses of every fifth step, by their mean, with their rhythm',
      run: () => drawRun([(step) => (step % 5 === 4 ? PAUSED : STEP)], { steps: 51 }),
      check: (finding) => {
        // In 10 of the 50 steps after the warm-up the GPU idles 4 ms of the pause.
        assert.equal(finding.savingNsPerStep, (10 * 4e6) / 50);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 0.8) / 24) < 0.01);
        assert.match(finding.why, /every 5 steps/);
        assert.deepEqual(finding.steps, [4, 9, 14, 19, 24, 29, 34, 39, 44, 49]);
        assert.equal(finding.severity, 'info');
      },
    },
    {
      name: 'pauses of different ranks at different steps, which cost all ranks',
      run: () =>
        drawRun(
          [0, 1].map((rank) => (step: number) => (step % 2 === rank ? PAUSED : STEP)),
          { steps: 21 },
        ),
      check: (finding) => {
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.deepEqual(finding.ranks, [0, 1]);
        assert.equal(finding.severity, 'warning');
      },
    },
    {
      name: 'pauses of a run without a GPU',
      run: () => drawRun(['main      F---g-B---    '], { steps: 25 }),
      check: ({ savingNsPerStep, why }) => {
        assert.equal(savingNsPerStep, 2e6);
        assert.match(why, /in every step, and training stands still/);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'pauses that the queue of the GPU covers',
      run: () => drawRun(['main      llg---\nstream 7  K--K----'], { steps: 25 }),
    },
    {
      name: 'pauses of another thread',
      run: () => drawRun(['main      F---  B---    \nthread 2      g-'], { steps: 25 }),
    },
    {
      name: 'one short pause in many steps',
      run: () => drawRun([(step) => (step === 30 ? PAUSED : STEP)], { steps: 51 }),
    },
  ],
});
