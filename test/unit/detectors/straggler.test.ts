import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { straggler } from '../../../src/core/detectors/straggler.ts';
import type { Report } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { type Drawing, drawRun, type DrawOptions } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

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

/** As late, but waiting for its batch only half as long. */
const HALF_LOADER = SLOW_LOADER.replace('D-----------F-l-B', 'D------     F-l-B');

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
        assert.match(finding.why, /in most steps; .*its loader is slower/);
        assert.match(
          finding.why,
          /up to 10\.0 ms after the first rank and 10\.0 ms after the next-latest, at the collective of step \d+ \(/,
        );
        assert.deepEqual(finding.location, frameOf('main', 61));
        assert.equal(finding.severity, 'error');
      },
    },
    {
      name: 'the rank without a GPU that computes longer, and where',
      run: () =>
        drawRun(
          ['main  F---B---G-----------O-', 'main  F-------B-------G---O-'].map((row) =>
            row.replace('main  ', 'main      '),
          ),
          { steps: 25 },
        ),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [1]);
        assert.equal(finding.layer, 'compute');
        assert.match(
          finding.why,
          /The cause: it computes longer, most of all in the phase forward/,
        );
      },
    },
    {
      name: 'a rank that is late in some steps only, and in how many',
      run: () =>
        drawRun([FAST, FAST, (step) => (step === 7 || step === 16 ? SLOW_LOADER : FAST), FAST], {
          steps: 25,
        }),
      options: { lostPercent: 2 },
      check: (finding) => {
        assert.match(finding.why, /, in 2 steps; /);
        assert.deepEqual(finding.steps, [7, 16]);
      },
    },
    {
      name: 'no cause where the longest part explains less than 80 % of what the others lose',
      run: () => drawRun([FAST, FAST, HALF_LOADER, FAST], { steps: 25 }),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [2]);
        assert.equal(finding.savingNsPerStep, 10e6);
        assert.match(finding.why, /does not show clearly/);
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
    {
      name: 'what could be one, where ranks arrive far apart and one is behind nearly all the waiting',
      run: () => drawRun([2, 4, 6, 8, 12].map(arrivingAfter)),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [4]);
        assert.equal(finding.severity, 'info');
        assert.equal(finding.confidence, 'low');
        // From the arrival of rank 3 to that of rank 4.
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.match(finding.why, /does not stand out/);
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

describe('stragglers beside others', () => {
  const NO_WAIT = `
    main      P-----------------------
    main        F-l-l-Y---------------
    stream 7      K---
    stream 9          C---------------
  `;
  const LATE_BATCH = `
    main      P-------------------------------------------
    main      D-------------------F-l-l-Y-----------------
    stream 7                        K---
    stream 9                            C-----------------
  `;
  const FOR_OTHERS = `
    main      P-------------------------------------------
    main        F-l-l-Y-----------------------------------
    stream 7      K---
    stream 9          C-----------------------------------
  `;
  /** Every fourth step a rank waits 20 ms for its batch, and the others in the collective for it. */
  const runWhere = (lateAt: readonly (number | null)[]): Run =>
    drawRun(
      lateAt.map((own): Drawing => (step) => {
        const isLate = lateAt.includes(step % 4);
        return step % 4 === own ? LATE_BATCH : isLate ? FOR_OTHERS : NO_WAIT;
      }),
      { steps: 41 },
    );
  const findingsOf = (lateAt: readonly (number | null)[]): Report['findings'] =>
    analyzeRun(runWhere(lateAt)).report.findings;

  it('are said before the wait of that rank, where no other waits for its loader', () => {
    const findings = findingsOf([null, 1, null, null]);
    assert.deepEqual(findings.find(({ id }) => id === 'straggler')?.ranks, [1]);
    assert.ok(!findings.some(({ id }) => id === 'data-stall' || id === 'data-tail'));
  });

  it('are not said where the loaders of several ranks are too slow together', () => {
    const findings = findingsOf([null, 1, 3, null]);
    assert.deepEqual(findings.find(({ id }) => id === 'data-stall')?.ranks, [1, 2]);
    assert.ok(!findings.some(({ id }) => id === 'straggler'));
  });
});

/** A rank that comes to the collective of the step after this many milliseconds of computing. */
function arrivingAfter(milliseconds: number): Drawing {
  const before = ' '.repeat(milliseconds);
  return `
    main      P-------------------
    main      lF------------------
    main      ${before}l
    stream 7  K${'-'.repeat(milliseconds - 1)}
    stream 9  ${before}C${'-'.repeat(15 - milliseconds)}
  `;
}

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
