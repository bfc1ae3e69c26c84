import assert from 'node:assert/strict';
import { gpuIdle } from '../../../src/core/detectors/gpu-idle.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

describeDetector(gpuIdle, {
  finds: [
    {
      name: 'a GPU that waits for launches',
      run: () =>
        drawRun(
          [
            `
        main      Fl-----l-----
        stream 7   K---   K-----
      `,
          ],
          { steps: 25 },
        ),
      check: (finding) => {
        assert.equal(finding.title, 'The GPU waits for the host');
        assert.equal(finding.severity, 'warning');
        // 1 ms before the first kernel and 3 ms before the second, of 14.
        assert.ok(Math.abs(finding.threshold.measured - (100 * 4) / 14) < 0.01);
        assert.match(finding.why, /100 % is explained\.$/);
      },
    },
    {
      name: 'long gaps, and says what short ones take beside them',
      run: () => drawRun(['main      Fl-----l--l-----\nstream 7   K---   K- K----'], { steps: 25 }),
      options: { gapPercent: 10 },
      check: ({ threshold, why }) => {
        // Of 16 ms, 3 lie in the one gap that is longer than a tenth; 1 before the first kernel, 1 before the last.
        assert.ok(Math.abs(threshold.measured - (100 * 3) / 16) < 0.01);
        assert.match(why, /Gaps shorter than 1\.6 ms, another 13 % of the step/);
      },
    },
    {
      name: 'idle time that nothing explains, and says so',
      run: () =>
        drawRun(
          [
            `
        main      l-l
        stream 7   K-     K---
      `,
          ],
          { steps: 25 },
        ),
      check: (finding) => {
        assert.match(finding.title, /does not show why/);
        assert.equal(finding.confidence, 'low');
      },
    },
    {
      name: 'gaps of several causes, and shows those of its title first',
      run: () =>
        drawRun(
          [
            `
        main      D----Fl-F---l---F---l--
        stream 7        K-     K--     K-
      `,
          ],
          { steps: 25 },
        ),
      check: ({ title, evidence }) => {
        assert.equal(title, 'The GPU waits for the host');
        assert.equal(evidence[0].name, 'idle: host');
      },
    },
  ],
  staysQuiet: [
    {
      name: 'a GPU that is busy',
      run: () =>
        drawRun(
          [
            `
        main      l-l---------
        stream 7  K-----K-----
      `,
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'many gaps that are each too short to be material',
      run: () =>
        drawRun(
          [
            `
        main      llllllllll
        stream 7  K K K K K
      `,
          ],
          { steps: 25, tickNs: 20_000 },
        ),
    },
    {
      name: 'a run without a GPU',
      run: () => drawRun(['main      F---    B---    '], { steps: 25 }),
    },
    {
      name: 'idle time of the warm-up',
      run: () =>
        drawRun(
          [
            (step) =>
              step === 0
                ? 'main      l-----------\nstream 7         K----'
                : 'main      l-----------\nstream 7  K-----------',
          ],
          { steps: 25 },
        ),
    },
  ],
});
