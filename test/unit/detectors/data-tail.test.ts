import assert from 'node:assert/strict';
import { dataTail } from '../../../src/core/detectors/data-tail.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const ON_TIME = 'main      D-F-----B-----';
const LATE = 'main      D-----------------F-----B-----';

describeDetector(dataTail, {
  finds: [
    {
      name: 'late batches and their rhythm',
      run: () => drawRun([(step) => (step % 8 === 5 ? LATE : ON_TIME)], { steps: 49 }),
      check: (finding) => {
        assert.match(finding.why, /One batch in 8 is late.*With 8 workers, one of them or all/);
        assert.match(finding.advice.map(({ text }) => text).join(), /prefetch_factor/);
        assert.deepEqual(finding.steps, [5, 13, 21, 29, 37, 45]);
        // Six late batches of 48 analysed steps, 16 ms more than the others each.
        assert.equal(finding.savingNsPerStep, Math.round((6 * 16e6) / 48));
      },
    },
    {
      name: 'late batches of the training process itself, and speaks of no workers',
      run: () =>
        drawRun([(step) => (step % 8 === 5 ? LATE : ON_TIME).replace('D', 'd')], { steps: 49 }),
      check: ({ why, advice }) => {
        assert.match(why, /One batch in 8 is late/);
        assert.doesNotMatch(why + advice.map(({ text }) => text).join(), /worker|prefetch_factor/);
      },
    },
    {
      name: 'late batches without a rhythm',
      run: () => drawRun([(step) => ([5, 8, 20].includes(step) ? LATE : ON_TIME)], { steps: 40 }),
      check: (finding) => {
        assert.doesNotMatch(finding.why, /One batch in/);
        assert.equal(finding.evidence.length, 3);
        assert.equal(finding.evidence[0].durationNs, 18e6);
      },
    },
  ],
  staysQuiet: [
    { name: 'batches that are all alike', run: () => drawRun([ON_TIME], { steps: 49 }) },
    { name: 'a loader that is always slow', run: () => drawRun([LATE], { steps: 49 }) },
    {
      name: 'too few steps',
      run: () => drawRun([(step) => (step === 5 ? LATE : ON_TIME)], { steps: 15 }),
    },
    {
      name: 'a tail that costs nothing',
      run: () =>
        drawRun([(step) => (step === 5 ? 'main      D-----F-----B-----' : ON_TIME)], { steps: 60 }),
    },
  ],
});
