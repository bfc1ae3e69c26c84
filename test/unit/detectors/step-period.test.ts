import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { stepPeriod } from '../../../src/core/detectors/step-period.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const TYPICAL = 'main      D-F-----B-----';
const LONGER = 'main      D-F-----------B-----';
const PAUSED = 'main      D-F-----B-----        ';
const SAVES = 'main      D-F-----B-----W---------------';

describeDetector(stepPeriod, {
  finds: [
    {
      name: 'a slow step in ten, and the phase that makes it slow',
      run: () => drawRun([(step) => (step % 10 === 9 ? LONGER : TYPICAL)], { steps: 61 }),
      check: (finding) => {
        assert.equal(finding.title, 'One step in 10 takes longer');
        assert.deepEqual(finding.steps, [9, 19, 29, 39, 49, 59]);
        assert.match(finding.why, /takes 6 ms more than the median of 14.0 ms: .*phase forward/);
        // Six times 6 ms over 60 analyzed steps, of 54 * 14 + 6 * 20 ms.
        assert.equal(finding.savingNsPerStep, (6 * 6e6) / 60);
        assert.ok(Math.abs(finding.threshold.measured - (100 * 36) / 876) < 1e-9);
        assert.equal(finding.severity, 'info');
        assert.deepEqual(finding.annotations, ['forward']);
      },
    },
    {
      name: 'one that no phase explains, among others that keep no rhythm',
      run: () =>
        drawRun([(step) => (step % 6 === 4 || [9, 32].includes(step) ? PAUSED : TYPICAL)], {
          steps: 61,
        }),
      check: ({ title, why, severity, steps }) => {
        assert.equal(title, 'One step in 6 takes longer');
        assert.match(why, /No single phase/);
        assert.equal(severity, 'warning');
        assert.equal(steps.length, 10);
      },
    },
  ],
  staysQuiet: [
    { name: 'steps that are all alike', run: () => drawRun([TYPICAL], { steps: 61 }) },
    {
      name: 'slow steps without a rhythm',
      run: () =>
        drawRun([(step) => ([7, 8, 21, 40, 44].includes(step) ? LONGER : TYPICAL)], { steps: 61 }),
    },
    {
      name: 'two slow steps',
      run: () => drawRun([(step) => ([20, 40].includes(step) ? LONGER : TYPICAL)], { steps: 59 }),
    },
    {
      name: 'few steps',
      run: () => drawRun([(step) => (step % 5 ? TYPICAL : LONGER)], { steps: 18 }),
    },
    {
      name: 'noise',
      run: () => {
        const random = seededRandom(3);
        const lengths = Array.from({ length: 80 }, () => 90 + Math.floor(20 * random()));
        return drawRun([(step) => `main      F${'-'.repeat(lengths[step])}`], { steps: 80 });
      },
    },
  ],
});

describe('slow steps that come back', () => {
  it('are left to the finding that names their cause', () => {
    const run = drawRun([(step) => (step % 10 === 9 ? SAVES : TYPICAL)], { steps: 61 });
    assert.deepEqual(
      analyzeRun(run)
        .report.findings.map(({ id }) => id)
        .filter((id) => id !== 'data-single-worker'),
      ['data-stall', 'checkpoint-stall'],
    );
  });

  it('are told by their rhythm rather than as a tail', () => {
    const long = 'main      D-F---------------------------B-----';
    const run = drawRun([(step) => (step % 10 === 9 ? long : TYPICAL)], { steps: 61 });
    const ids = analyzeRun(run).report.findings.map(({ id }) => id);
    assert.ok(ids.includes('step-period') && !ids.includes('step-tail'), ids.join());
  });

  it('are told by their rhythm where one rank holds up the others in them', () => {
    const long = 'main      F----------B-------------------------GO-';
    const waits = 'main      F----------B----------G---------------O-';
    const usual = 'main      F----------B----------GO-';
    const run = drawRun(
      [long, waits, waits].map((slow) => (step: number) => (step % 7 === 4 ? slow : usual)),
      { steps: 50 },
    );
    const { findings } = analyzeRun(run).report;
    assert.deepEqual(
      findings.map(({ id, ranks }) => [id, ranks]),
      [['step-period', [0]]],
    );
  });
});
