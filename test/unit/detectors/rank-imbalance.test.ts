import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { rankImbalance } from '../../../src/core/detectors/rank-imbalance.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const LONG = 'main      F---------B---------G-O-';
const SHORT = 'main      F-----B-----G---------O-';
/** All compute alike, and wait alike. */
const EVEN = 'main      F-------B-------G-----O-';
const DEVICE_LONG = `
  main      F-------------------O-
  main       l              l
  stream 7   K--------------
  stream 9                  C-----`;
const DEVICE_SHORT = `
  main      F-------------------O-
  main       l         l
  stream 7   K--------
  stream 9             C----------`;

const turns =
  (rank: number, long: string, short: string) =>
  (step: number): string =>
    step % 3 === rank ? long : short;

describeDetector(rankImbalance, {
  finds: [
    {
      name: 'ranks that have the longest work in turns',
      run: () =>
        drawRun(
          [0, 1, 2].map((rank) => turns(rank, LONG, SHORT)),
          { steps: 31 },
        ),
      check: (finding) => {
        // 22 ms of work beside twice 14: 8 more than the median, 8 · 2 / 3 more than the mean.
        assert.ok(Math.abs(finding.threshold.measured - 800 / 14) < 1e-9);
        assert.equal(finding.savingNsPerStep, Math.round(22e6 - 50e6 / 3));
        assert.equal(finding.severity, 'warning');
        assert.deepEqual(finding.ranks, [0, 1, 2]);
        assert.match(finding.why, /needs 57 % more than the median rank.*in 33 % of the steps/);
      },
    },
    {
      name: 'GPUs that compute for different times',
      run: () =>
        drawRun(
          [0, 1, 2].map((rank) => turns(rank, DEVICE_LONG, DEVICE_SHORT)),
          { steps: 31 },
        ),
      check: ({ threshold, savingNsPerStep }) => {
        assert.ok(Math.abs(threshold.measured - 600 / 9) < 1e-9, `${threshold.measured}`);
        assert.equal(savingNsPerStep, 15e6 - 11e6);
      },
    },
  ],
  staysQuiet: [
    { name: 'ranks that work alike', run: () => drawRun([EVEN, EVEN, EVEN], { steps: 31 }) },
    { name: 'one rank', run: () => drawRun([LONG], { steps: 31 }) },
    {
      name: 'ranks that share no collective',
      run: () =>
        drawRun(
          [0, 1, 2].map(
            (rank) => (step: number) => turns(rank, LONG, SHORT)(step).replace('G', 'S'),
          ),
          { steps: 31 },
        ),
    },
  ],
});

describe('uneven work', () => {
  it('is seen where each of two ranks waits in a minority of the steps', () => {
    const one = (rank: number) => (step: number) =>
      step % 3 === 2 ? EVEN : turns(rank, LONG, SHORT)(step);
    const { findings } = analyzeRun(drawRun([one(0), one(1)], { steps: 31 })).report;
    const [finding] = findings;
    assert.equal(finding.id, 'rank-imbalance');
    // 22 ms of work beside 14, in two of three steps.
    assert.equal(finding.savingNsPerStep, 4e6);
  });

  it('is left to the straggler where one rank is to blame', () => {
    const { findings } = analyzeRun(drawRun([LONG, SHORT, SHORT], { steps: 31 })).report;
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['straggler'],
    );
  });
});
