import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { dataStall } from '../../../src/core/detectors/data-stall.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

// The wait takes 6 of 16 ms; the device still works during its first one.
const STARVED = `
  main      D-----F-l-B-l-----
  stream 7  K-        K---K---
`;

describeDetector(dataStall, {
  finds: [
    {
      name: 'a wait that the device idles through, by its exposed part alone',
      run: () => drawRun([STARVED], { steps: 25 }),
      check: (finding) => {
        assert.equal(finding.severity, 'error');
        assert.equal(finding.confidence, 'high');
        // In a later step the first 2 ms of the wait lie under the kernel of the step before.
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.ok(Math.abs(finding.savingPercent - (100 * 4) / 18) < 0.01);
        assert.equal(finding.steps.length, 24);
      },
    },
    {
      name: 'the wait of a run without a device, with the line where it is recorded',
      run: () => recordedRun(3, 10),
      check: (finding) => {
        assert.equal(finding.title, 'The loader holds up training');
        assert.deepEqual(finding.location, { file: 'train.py', line: 41, how: 'recorded' });
        assert.ok(Math.abs(finding.savingPercent - 30) < 1e-9);
      },
    },
    {
      name: 'the function that most of the wait is spent in',
      run: () =>
        drawRun(
          [
            `
              main      P---------------
              main      d-------F---B---
              main       p------
            `,
          ],
          { steps: 6 },
        ),
      check: (finding) => {
        assert.deepEqual(finding.location, { file: 'train.py', line: 12, how: 'stack' });
        assert.match(finding.why, /88 % of the waiting is spent in augment/);
      },
    },
    {
      name: 'no stage in the loop that does the waiting itself',
      run: () =>
        drawRun(
          [
            `
              main      P---------------
              main      d-------F---B---
            `,
          ],
          { steps: 6 },
        ),
      check: (finding) => assert.doesNotMatch(finding.why, /is spent in/),
    },
    {
      name: 'workers that are too slow together, and whose batches come in bursts',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 4 === 1
                ? 'main      D-----------Fl--\nstream 7               K-'
                : 'main      Fl--\nstream 7   K--',
          ],
          { steps: 41 },
        ),
      check: (finding) => {
        // Every fourth step waits for 12 ms with the GPU idle for 12; four steps last 28 ms.
        assert.ok(Math.abs(finding.savingNsPerStep - 12e6 / 4) < 0.5e6);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 12) / 28) < 3);
        assert.match(finding.why, /come in bursts/);
      },
    },
    {
      name: 'half of the ranks starved, and names those',
      run: () =>
        drawRun([STARVED, 'main      D-F---l-B-l-------\nstream 7  K---    K---K----'], {
          steps: 4,
        }),
      check: (finding) => {
        assert.deepEqual(finding.ranks, [0]);
        assert.equal(finding.confidence, 'medium');
      },
    },
    {
      name: 'but only informs from a single step',
      run: () => drawRun([STARVED]),
      check: ({ severity, confidence }) =>
        assert.deepEqual([severity, confidence], ['info', 'low']),
    },
  ],
  staysQuiet: [
    {
      name: 'a wait that the device works through',
      run: () =>
        drawRun(
          [
            `
              main      D-----F-l-B-l-----
              stream 7  K------   K-------
            `,
          ],
          { steps: 25 },
        ),
    },
    { name: 'a wait of 4 % of the step', run: () => recordedRun(4, 100) },
    {
      name: 'a batch that is late now and then',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 20 === 5
                ? 'main      D-----------Fl--\nstream 7               K-'
                : 'main      Fl--\nstream 7   K--',
          ],
          { steps: 60 },
        ),
    },
    {
      name: 'a loader that is always ready',
      run: () => drawRun(['main      F---B---O---'], { steps: 25 }),
    },
    {
      name: 'a wait below a threshold that was raised',
      run: () => recordedRun(3, 10),
      options: { infoPercent: 31 },
    },
  ],
});

describe('the wait of one rank for its batches', () => {
  it('is what the others wait for in the next collective, which counts once', () => {
    const waits = 'main      D---F---B---G-O-';
    const waitsForIt = 'main      F---B---G-----O-';
    const { findings } = analyzeRun(drawRun([waits, waitsForIt], { steps: 31 })).report;
    const about = findings.filter(({ id }) => !id.startsWith('comm-'));
    assert.ok(about.length > 0);
    // The wait takes 4 ms; without it nobody waits.
    const savingNs = about.reduce((sum, { savingNsPerStep }) => sum + savingNsPerStep, 0);
    assert.ok(savingNs <= 4.01e6, about.map((one) => `${one.id} ${one.savingNsPerStep}`).join(' '));
    assert.ok(!about.some(({ id }) => id === 'rank-imbalance'));
  });
});

/** Spans as the recorder writes them: a wait of some of all the milliseconds of each step. */
function recordedRun(waitMs: number, stepMs: number): ReturnType<typeof drawRun> {
  const spans = Array.from({ length: 30 }, (_, step): SpanSpec[] => {
    const start = step * stepMs * 1e6;
    const common = { lane: 'main', category: 'recorded', file: 'train.py', step } as const;
    return [
      { ...common, name: 'step', category: 'step', start, duration: stepMs * 1e6 },
      { ...common, name: 'next(loader)', phase: 'data', start, duration: waitMs * 1e6, line: 41 },
      {
        ...common,
        name: 'forward',
        phase: 'forward',
        start: start + waitMs * 1e6,
        duration: 1e6,
        line: 44,
      },
    ];
  }).flat();
  return {
    name: 'recorded',
    ranks: [{ rank: 0, file: 'rank0.spans.jsonl', trace: buildTrace(spans, { format: 'spans' }) }],
  };
}
