import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { syncEveryMicrobatch } from '../../../src/core/detectors/sync-every-microbatch.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawRun } from '../../support/draw-run.ts';

const EACH = 'main      F--B--G---F--B--G---O-';
const LAST = 'main      F--B--F--B--G---O-';
/** Another optimizer steps between the passes, as in adversarial training. */
const TWO_UPDATES = 'main      F--B--G---O-F--B--G---O-';
/** All-reduces in the forward pass too: tensor parallelism. */
const ACTIVATIONS = 'main      F-G--B--G---F-G--B--G---O-';
/** On a GPU; the first reduction is half hidden by the next forward pass. */
const ON_DEVICE = `
  main      F----B-----F----B-----   O-
  main       l    ll    l    ll
  stream 7   K---K---    K---K---
  stream 9           C-----  .   C---`;

describeDetector(syncEveryMicrobatch, {
  finds: [
    {
      name: 'a reduction after each of two backward passes',
      run: () => drawRun([EACH, EACH], { steps: 25 }),
      check: (finding) => {
        // 4 ms of 22 for the first; the second is needed.
        assert.equal(finding.savingNsPerStep, 4e6);
        assert.ok(Math.abs(finding.threshold.measured - 400 / 22) < 1e-9);
        assert.equal(finding.severity, 'warning');
        assert.match(finding.why, /once for every 2 backward passes/);
        assert.deepEqual(finding.ranks, [0, 1]);
      },
    },
    {
      name: 'only what no compute hides on the GPU',
      run: () => drawRun([ON_DEVICE, ON_DEVICE], { steps: 25 }),
      check: ({ savingNsPerStep, evidence }) => {
        // The kernel runs from 8 to 14 ms, the next forward pass begins at 12.
        assert.equal(savingNsPerStep, 4e6);
        assert.equal(evidence[0].lane, 'stream 9');
      },
    },
  ],
  staysQuiet: [
    { name: 'accumulation that reduces once', run: () => drawRun([LAST, LAST], { steps: 25 }) },
    {
      name: 'one backward pass for each update',
      run: () => drawRun(['main      F--B--G---O-', 'main      F--B--G---O-'], { steps: 25 }),
    },
    { name: 'two optimizers', run: () => drawRun([TWO_UPDATES, TWO_UPDATES], { steps: 25 }) },
    { name: 'tensor parallelism', run: () => drawRun([ACTIVATIONS, ACTIVATIONS], { steps: 25 }) },
    {
      name: 'reductions that take little',
      run: () => {
        const step = 'main      F----------B----------GF---------B----------GO-';
        return drawRun([step, step], { steps: 25 });
      },
    },
  ],
});

describe('reductions in every micro-batch', () => {
  it('are told besides the last one, which is needed', () => {
    const { findings } = analyzeRun(drawRun([EACH, EACH], { steps: 25 })).report;
    const ids = findings.map(({ id }) => id);
    assert.deepEqual(ids.slice(0, 2).sort(), ['comm-not-overlapped', 'sync-every-microbatch']);
    assert.equal(findings[0].savingNsPerStep + findings[1].savingNsPerStep, 8e6);
    assert.ok(findings.reduce((sum, { savingPercent }) => sum + savingPercent, 0) <= 100);
  });
});
