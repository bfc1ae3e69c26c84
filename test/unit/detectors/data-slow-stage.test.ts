import assert from 'node:assert/strict';
import { analyzeRun } from '../../../src/core/analyze.ts';
import { dataSlowStage } from '../../../src/core/detectors/data-slow-stage.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { buildTrace, drawRun, type SpanSpec } from '../../support/draw-run.ts';
import { frameOf } from '../../support/frame-of.ts';

// Of 8 ms of waiting, augment takes 6; the step has 16 ms.
const AUGMENTS = `
  main      P---------------
  main      D-------F---B---
  main       p-----
`;

/** Steps of 100 ms, of which the loop waits 40 for a batch; a worker spends them in `decode` and `augment`. */
function withWorker(decodeNs: number, augmentNs: number): Run {
  const specs = Array.from({ length: 25 }, (_, step): SpanSpec[] => {
    const start = step * 100e6;
    const line = { file: 'train.py', category: 'recorded' } as const;
    return [
      { ...line, lane: 'main', name: 'data', phase: 'data', start, duration: 40e6, line: 1, step },
      { ...line, lane: 'main', name: 'train', start: start + 40e6, duration: 60e6, line: 2, step },
      { ...line, lane: 'worker 0', name: 'decode', start, duration: decodeNs, line: 3 },
      {
        ...line,
        lane: 'worker 0',
        name: 'augment',
        start: start + decodeNs,
        duration: augmentNs,
        line: 4,
      },
    ];
  }).flat();
  return { name: 'drawn', ranks: [{ rank: 0, file: 'rank0', trace: buildTrace(specs) }] };
}

describeDetector(dataSlowStage, {
  finds: [
    {
      name: 'a function of the training process that takes most of the wait',
      run: () => drawRun([AUGMENTS], { steps: 25 }),
      check: (finding) => {
        assert.match(finding.why, /^augment takes 75 % of the time/);
        assert.deepEqual(finding.location, frameOf('augment', 12));
        assert.ok(Math.abs(finding.threshold.measured - (100 * 0.75 * 8) / 16) < 0.01);
        assert.equal(finding.savingNsPerStep, 6e6);
      },
    },
    {
      name: 'a span of a worker that takes most of the preparation',
      run: () => withWorker(20e6, 60e6),
      check: (finding) => {
        assert.match(finding.why, /^augment takes 75 % of the time/);
        assert.deepEqual(finding.location, { file: 'train.py', line: 4, how: 'recorded' });
        assert.equal(finding.savingNsPerStep, 0.75 * 40e6);
      },
    },
  ],
  staysQuiet: [
    {
      name: 'a function that takes less than half of the wait',
      run: () => drawRun([AUGMENTS.replace('p-----', 'p--')], { steps: 25 }),
    },
    {
      name: 'two functions of a worker that take the same',
      run: () => withWorker(39e6, 40e6),
      options: { stagePercent: 60 },
    },
    {
      name: 'a function that calls another for half of its time',
      run: () => drawRun([`${AUGMENTS}  main       P--`], { steps: 25 }),
    },
    {
      name: 'a function outside the loader',
      run: () => drawRun(['main      P---------------\nmain      D-------p---B---'], { steps: 25 }),
    },
    {
      name: 'a loader that the GPU does not wait for',
      run: () => drawRun([`${AUGMENTS}  main      l\n  stream 7  K---------------`], { steps: 25 }),
    },
  ],
});

describe('data-slow-stage beside data-stall', () => {
  it('names the function and counts no time again', () => {
    const { findings } = analyzeRun(drawRun([AUGMENTS], { steps: 25 })).report;
    const savings = new Map(findings.map(({ id, savingNsPerStep }) => [id, savingNsPerStep]));
    assert.equal(savings.get('data-stall'), 8e6);
    assert.equal(savings.get('data-slow-stage'), 0);
  });
});
