import assert from 'node:assert/strict';
import { straggler } from '../../../src/core/detectors/straggler.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { type Drawing, drawRun, type DrawOptions } from '../../support/draw-run.ts';

const FAST = `
  main      P-----------------------
  main      D-F-l-B-----------------
  stream 7      K---
  stream 9          C--------------
  main                l
`;
const SLOW_LOADER = `
  main      P-----------------------
  main      D-----------F-l-B-------
  stream 7                K---
  stream 9                    C----
  main                          l
`;

describeDetector(straggler, {
  finds: [
    {
      name: 'the rank whose loader is slower, and what the others lose',
      run: () => drawRun([FAST, FAST, SLOW_LOADER, FAST], { steps: 25 }),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [2]);
        // It arrives 10 ms after the second-latest.
        assert.equal(finding.savingNsPerStep, 10e6);
        assert.equal(finding.layer, 'data');
        assert.match(finding.why, /its loader is slower/);
        assert.deepEqual(finding.location, { file: 'train.py', line: 61, how: 'stack' });
        assert.equal(finding.severity, 'error');
      },
    },
    {
      name: 'the slower of two ranks',
      run: () => drawRun([SLOW_LOADER, FAST], { steps: 6 }),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [0]);
        assert.equal(finding.confidence, 'medium');
      },
    },
    {
      name: 'it although the clocks of the ranks differ by seconds',
      run: () =>
        withClock(drawRun([FAST, FAST, SLOW_LOADER], { steps: 25 }), [0n, 5_000_000_000n, 0n]),
      check: (finding) => assert.deepEqual(finding.ranks, [2]),
    },
    {
      name: 'it without any absolute clock',
      run: () => drawRun([FAST, FAST, SLOW_LOADER], { steps: 25, meta: { originNs: null } }),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [2]);
        assert.equal(finding.savingNsPerStep, 10e6);
      },
    },
  ],
  staysQuiet: [
    { name: 'ranks in step', run: () => drawRun([FAST, FAST, FAST], { steps: 25 }) },
    { name: 'a single rank', run: () => drawRun([SLOW_LOADER], { steps: 25 }) },
    {
      name: 'ranks that take turns in being late',
      run: () =>
        drawRun(
          [0, 1, 2, 3].map(
            (rank): Drawing =>
              (step) =>
                step % 4 === rank ? SLOW_LOADER : FAST,
          ),
          { steps: 25 },
        ),
    },
    {
      name: 'a rank that is last by a hair, however often',
      run: () =>
        drawRun([FAST, FAST, FAST.replace('C--------------', ' C-------------')], {
          steps: 25,
          tickNs: 1_000,
        } satisfies DrawOptions),
      options: { lostPercent: 6 },
    },
  ],
});

/** The same run, recorded by clocks that are off. */
function withClock(run: Run, offsets: readonly bigint[]): Run {
  return {
    ...run,
    ranks: run.ranks.map((rank, row) => ({
      ...rank,
      trace: {
        ...rank.trace,
        meta: { ...rank.trace.meta, originNs: (rank.trace.meta.originNs ?? 0n) + offsets[row] },
      },
    })),
  };
}
