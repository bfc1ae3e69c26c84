import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { hostBound } from '../../../src/core/detectors/host-bound.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

describeDetector(hostBound, {
  finds: [
    {
      name: 'many small kernels, each launched when the one before has ended',
      run: () =>
        drawRun([`main      ${'l '.repeat(100)}\nstream 7  ${' K'.repeat(100)}`], {
          steps: 25,
          tickNs: 5_000,
        }),
      check: (finding) => {
        assert.equal(finding.title, 'The host cannot launch fast enough');
        assert.equal(finding.severity, 'error');
        assert.ok(Math.abs(finding.threshold.measured - 50) < 0.01);
        assert.equal(finding.savingNsPerStep, 100 * 5_000);
        assert.match(finding.why, /about 100 gaps\. The host launches 100 times a step/);
      },
    },
    {
      name: "short gaps between larger kernels, of which half may be the profiler's",
      run: () =>
        drawRun([`main      ${'l  '.repeat(50)}\nstream 7  ${' K-'.repeat(50)}`], {
          steps: 25,
          tickNs: 20_000,
        }),
      check: (finding) => {
        assert.ok(Math.abs(finding.threshold.measured - 100 / 3 / 2) < 0.01);
        assert.equal(finding.severity, 'warning');
        assert.equal(finding.savingNsPerStep, 50 * 20_000);
        assert.match(finding.why, /only 50 % are held against the threshold/);
      },
    },
    {
      name: 'other work of the host between launches, at the line that runs meanwhile',
      run: () =>
        drawRun(
          [
            `
        main      P-------------
        main      l-   p--- l-
        stream 7   K--       K--
      `,
          ],
          { steps: 25 },
        ),
      check: (finding) => {
        assert.equal(finding.title, 'The GPU waits for other work of the host');
        assert.deepEqual(finding.location, frameOf('augment', 12));
        // 1 ms to the first kernel of the step, and 7 ms from its end to the second.
        assert.equal(finding.savingNsPerStep, 1e6 + 7e6);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'kernels that are queued',
      run: () => drawRun(['main      llll\nstream 7  K--K--K--K--'], { steps: 25 }),
    },
    {
      name: 'waiting for the loader',
      run: () => drawRun(['main      D----l--\nstream 7       K--'], { steps: 25 }),
    },
    {
      name: 'waiting after a synchronizing call',
      run: () =>
        drawRun(['main      lY----   l----\nstream 7  K-----   K----'], {
          steps: 25,
        }),
    },
    {
      name: 'work that was launched early and begins late',
      run: () => drawRun(['main      ll\nstream 7  K---   K---'], { steps: 25 }),
    },
    {
      name: 'gaps of less than 3 %',
      run: () =>
        drawRun(
          [`main      l${' '.repeat(49)}l\nstream 7  K${'-'.repeat(48)} K${'-'.repeat(48)}`],
          {
            steps: 25,
          },
        ),
    },
    {
      name: 'the warm-up',
      run: () =>
        drawRun(
          [
            (step) =>
              `main      ${step === 0 ? '      l' : 'l'}\nstream 7  ${step === 0 ? '      K---' : 'K---------'}`,
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'a run without a GPU',
      run: () => drawRun(['main      F---    B---    '], { steps: 25 }),
    },
  ],
});

describe('host-bound beside others', () => {
  it('takes what gpu-idle would count too, and leaves it the rest', () => {
    // Of 20 ms the GPU waits 5 for a launch and 6 for no known reason.
    const { findings } = analyzeRun(
      drawRun(['main      l        l l\nstream 7  K---     K--      K-'], { steps: 25 }),
    ).report;
    assert.deepEqual(
      findings.map(({ id, title, savingNsPerStep }) => [id, title, savingNsPerStep]),
      [
        ['gpu-idle', 'The GPU idles, and the trace does not show why', 6e6],
        ['host-bound', 'The GPU waits for other work of the host', 5e6],
      ],
    );
    assert.match(findings[0].why, /^The GPU does nothing during 30 % of a typical step/);
  });
});
