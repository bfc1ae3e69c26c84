import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { commNotOverlapped } from '../../../src/core/detectors/comm-not-overlapped.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const AFTER = `
  main      F-----B------         O-
  main       l     l      l
  stream 7   K---   K---
  stream 9                C-----`;
const BESIDE = `
  main      F-----B------         O-
  main       l     lll
  stream 7   K---   K---K---
  stream 9             C-----`;
/** The link is slow: what comes last begins after the backward pass, although it was ready before. */
const QUEUED = `
  main      F-----B------         O-
  main       l     lll
  stream 7   K---   K---
  stream 9           C-----C-----`;
/** The same without a GPU: the loop itself reduces. */
const ON_HOST = 'main      F-----B-----G-----O-';

describeDetector(commNotOverlapped, {
  finds: [
    {
      name: 'reductions that wait for the end of the backward pass',
      run: () => drawRun([AFTER, AFTER], { steps: 25 }),
      check: (finding) => {
        // 6 ms of 24 without compute, but the backward pass could hide 4 of them.
        assert.equal(finding.threshold.measured, 25);
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.equal(finding.severity, 'error');
        assert.equal(finding.confidence, 'high');
        assert.match(
          finding.why,
          /^Only 0 % of the communication.* for 6 ms, 25 % .* 100 % of it is transfer/,
        );
        assert.equal(finding.evidence[0].lane, 'stream 9');
      },
    },
    {
      name: 'one file of several, with reserve',
      run: () => drawRun([AFTER], { steps: 25, meta: { worldSize: 2 } }),
      check: ({ severity, confidence }) => {
        assert.equal(severity, 'warning');
        assert.equal(confidence, 'low');
      },
    },
    {
      name: 'a loop on the CPU that reduces by itself',
      run: () => drawRun([ON_HOST, ON_HOST], { steps: 25 }),
      check: ({ threshold, savingNsPerStep }) => {
        assert.ok(Math.abs(threshold.measured - 30) < 1e-9);
        assert.equal(savingNsPerStep, 6e6);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'reductions that wait for the link behind one that began in time',
      run: () => drawRun([QUEUED, QUEUED], { steps: 25 }),
    },
    {
      name: 'reductions beside the backward pass',
      run: () => drawRun([BESIDE, BESIDE], { steps: 25 }),
    },
    {
      name: 'short ones',
      run: () =>
        drawRun(
          [
            'main      F---------------B--------------GO-',
            'main      F---------------B--------------GO-',
          ],
          { steps: 25 },
        ),
    },
    {
      name: 'waiting for a late rank',
      run: () =>
        drawRun(['main      F-----B-----G-----O-', 'main      F-----B----------GO-'], {
          steps: 25,
        }),
    },
    { name: 'a run of one rank', run: () => drawRun(['main      F---B---O-'], { steps: 25 }) },
  ],
});

describe('reductions after the backward pass', () => {
  it('are told once, by the finding that says when they begin', () => {
    const { findings, verdict } = analyzeRun(drawRun([ON_HOST, ON_HOST], { steps: 25 })).report;
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['comm-not-overlapped'],
    );
    assert.equal(verdict.kind, 'communication-bound');
  });
});
