import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { checkpointStall } from '../../../src/core/detectors/checkpoint-stall.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';

const STEP = `
  main      D-F-l-B-l-
  stream 7      K---K-`;
const SAVING = `
  main      D-F-l-B-l-W-------
  stream 7      K---K---`;
/** The checkpoint is written while the device still has work. */
const HIDDEN = `
  main      F-l-B-l-W-----
  stream 7     K---K-------`;

describeDetector(checkpointStall, {
  finds: [
    {
      name: 'a checkpoint every ten steps, and counts only what the device idles',
      run: () => drawRun([(step) => (step % 10 === 9 ? SAVING : STEP)], { steps: 51 }),
      check: (finding) => {
        assert.equal(finding.severity, 'warning');
        assert.equal(finding.confidence, 'high');
        assert.deepEqual(finding.steps, [9, 19, 29, 39, 49]);
        // Five times 6 ms without device work, of 45 steps of 10 ms and 5 of 18.
        assert.equal(finding.savingNsPerStep, (5 * 6e6) / 50);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 30) / 540) < 1e-9);
        assert.match(finding.why, /saves checkpoints every 10 steps, and the GPU idles for 6 ms/);
      },
    },
    {
      name: 'a checkpoint between steps, with its line',
      run: () => ({ name: 'between', ranks: [rankThatSavesBetweenSteps()] }),
      check: (finding) => {
        assert.deepEqual(finding.location, { file: 'train.py', line: 88, how: 'recorded' });
        assert.deepEqual(finding.steps, [4, 9, 14, 19, 24]);
        // Five times 20 ms after steps of 10 ms; the first step is warm-up.
        assert.equal(finding.savingNsPerStep, Math.round((5 * 20e6) / 29));
        assert.match(finding.why, /every 5 steps, and training stands still for 20.0 ms/);
      },
    },
    {
      name: 'a single long one, but only as a note',
      run: () => drawRun([(step) => (step === 60 ? SAVING : STEP)], { steps: 100 }),
      options: { stallSteps: 0.5 },
      check: ({ severity, confidence, threshold }) => {
        assert.equal(severity, 'info');
        assert.equal(confidence, 'low');
        assert.equal(threshold.name, 'stallSteps');
        assert.equal(threshold.measured, 0.6);
      },
    },
    {
      name: 'the rank that writes while the others wait',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 5 === 4 ? 'main      F---B---W---G-O-' : 'main      F----------B----------GO-',
            (step) =>
              step % 5 === 4 ? 'main      F---B---G-----O-' : 'main      F----------B----------GO-',
          ],
          { steps: 31 },
        ),
      check: ({ ranks, why }) => {
        assert.deepEqual(ranks, [0]);
        assert.match(why, /The loop of rank 0 saves/);
      },
    },
  ],
  staysQuiet: [
    { name: 'a run that saves nothing', run: () => drawRun([STEP], { steps: 51 }) },
    {
      name: 'a checkpoint that the device does not notice',
      run: () => drawRun([(step) => (step % 10 === 9 ? HIDDEN : STEP)], { steps: 51 }),
    },
    {
      name: 'one that takes little of the time',
      run: () =>
        drawRun(
          [
            (step) =>
              step % 10 === 9 ? 'main      F-------B-------W' : 'main      F-------B-------',
          ],
          { steps: 51 },
        ),
    },
    {
      name: 'a recording of nothing else',
      run: () => drawRun(['main      W------------------- '], { steps: 30 }),
    },
  ],
});

describe('a checkpoint that all ranks wait for', () => {
  it('is no straggler', () => {
    const saves = 'main      F----------B----------W-------GO-';
    const waits = 'main      F----------B----------G--------O-';
    const usual = 'main      F----------B----------GO-';
    const run = drawRun(
      [saves, waits, waits].map((slow) => (step: number) => (step % 5 === 4 ? slow : usual)),
      { steps: 31 },
    );
    assert.deepEqual(
      analyzeRun(run).report.findings.map(({ id }) => id),
      ['checkpoint-stall'],
    );
  });
});

/** Steps of 10 ms as the recorder writes them; after every fifth, 20 ms for a checkpoint. */
function rankThatSavesBetweenSteps(): {
  rank: number;
  file: string;
  trace: ReturnType<typeof buildTrace>;
} {
  const spans: SpanSpec[] = [];
  let at = 0;
  for (let step = 0; step < 30; step++) {
    const place = { lane: 'main', category: 'recorded', start: at, step } as const;
    spans.push({ ...place, name: 'forward', phase: 'forward', duration: 10e6 });
    at += 10e6;
    if (step % 5 === 4) {
      spans.push({
        lane: 'main',
        name: 'save',
        category: 'recorded',
        phase: 'checkpoint',
        file: 'train.py',
        line: 88,
        start: at,
        duration: 20e6,
      });
      at += 20e6;
    }
  }
  return { rank: 0, file: 'rank0.spans.jsonl', trace: buildTrace(spans) };
}
