import assert from 'node:assert/strict';
import { slowStage } from '../../../src/core/detectors/slow-stage.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawPipeline, type PipelineSpec } from '../../support/draw-pipeline.ts';
import { drawRun } from '../../support/draw-run.ts';

const MICRO_BATCH_NS = 30e6;

type Factor = (place: { readonly stage: number; readonly dataRank: number }) => number;

function draw(factor: Factor, changes: Partial<PipelineSpec> = {}) {
  return drawPipeline({
    stages: 4,
    dataRanks: 2,
    microBatches: 6,
    steps: 24,
    computeNs: (direction, place) =>
      (direction === 'forward' ? 1 / 3 : 2 / 3) * MICRO_BATCH_NS * factor(place),
    communicationNs: 0,
    optimizerNs: 0,
    ...changes,
  });
}

const runs = {
  longLast: await draw(({ stage }) => (stage === 3 ? 1.6 : 1)),
  longFirst: await draw(({ stage }) => (stage === 0 ? 2 : 1)),
  veryLong: await draw(({ stage }) => (stage === 1 ? 4 : 1)),
  even: await draw(() => 1),
  slightlyLong: await draw(({ stage }) => (stage === 3 ? 1.1 : 1)),
  slowRank: await draw(({ stage, dataRank }) => (stage === 1 && dataRank === 1 ? 2 : 1)),
  oneStage: await draw(() => 1, { stages: 1 }),
};

describeDetector(slowStage, {
  finds: [
    {
      name: 'a long last stage, and what even stages would save',
      run: () => runs.longLast,
      check: (finding) => {
        const recorded = (6 * 1.6 + 3) * MICRO_BATCH_NS;
        const balanced = (6 + 3) * ((1.6 + 3) / 4) * MICRO_BATCH_NS;
        assert.ok(Math.abs(finding.savingNsPerStep - (recorded - balanced)) < 1e3);
        assert.deepEqual(finding.ranks, [6, 7]);
        assert.match(finding.title, /^Stage 3 of the pipeline takes 1\.60 times/);
        assert.match(
          finding.why,
          /Stage 3, the last, on ranks 6, 7, computes 48\.0 ms .* 30\.0 ms/,
        );
        assert.deepEqual([finding.severity, finding.confidence], ['warning', 'high']);
        assert.deepEqual([...new Set(finding.evidence.map(({ rank }) => rank))], [6, 7]);
        assert.ok(finding.evidence.every(({ name }) => name.endsWith('-compute')));
      },
    },
    {
      name: 'a long first stage',
      run: () => runs.longFirst,
      check: (finding) => {
        assert.deepEqual(finding.ranks, [0, 1]);
        // It never waits but once, 30 ms, for the first backward.
        const recorded = (6 * 2 + 1) * MICRO_BATCH_NS;
        const balanced = (6 + 3) * ((2 + 3) / 4) * MICRO_BATCH_NS;
        assert.ok(Math.abs(finding.savingNsPerStep - (recorded - balanced)) < 1e3);
        assert.doesNotMatch(finding.why, /the last/);
      },
    },
    {
      name: 'a stage that takes most of the step',
      run: () => runs.veryLong,
      check: (finding) => assert.equal(finding.severity, 'error'),
    },
    {
      name: 'a slightly long stage where asked to',
      run: () => runs.slightlyLong,
      options: { ratio: 1.05, warningPercent: 1 },
      check: (finding) => assert.deepEqual(finding.ranks, [6, 7]),
    },
  ],
  staysQuiet: [
    { name: 'even stages', run: () => runs.even },
    { name: 'a slightly long stage', run: () => runs.slightlyLong },
    { name: 'a slow rank among those of a stage', run: () => runs.slowRank },
    { name: 'a job of one stage', run: () => runs.oneStage },
    { name: 'a run without a pipeline', run: () => drawRun(['main  F-B-'], { steps: 30 }) },
  ],
});
