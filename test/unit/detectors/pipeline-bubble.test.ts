import assert from 'node:assert/strict';
import { pipelineBubble } from '../../../src/core/detectors/pipeline-bubble.ts';
import { describeDetector } from '../../support/describe-detector.ts';
import { drawPipeline, type PipelineSpec, writePipeline } from '../../support/draw-pipeline.ts';
import { drawRun } from '../../support/draw-run.ts';

const EVEN: PipelineSpec = {
  stages: 4,
  dataRanks: 2,
  microBatches: 4,
  steps: 24,
  computeNs: (direction) => (direction === 'forward' ? 10e6 : 20e6),
  communicationNs: 0,
  optimizerNs: 0,
};
const SLOW_TRANSFERS: PipelineSpec = { ...EVEN, communicationNs: 4e6 };

const runs = {
  few: await drawPipeline(EVEN),
  slowTransfers: await drawPipeline(SLOW_TRANSFERS),
  longStage: await drawPipeline({
    ...EVEN,
    computeNs: (direction, { stage }) =>
      (direction === 'forward' ? 10e6 : 20e6) * (stage === 3 ? 2 : 1),
  }),
  many: await drawPipeline({ ...EVEN, stages: 2, microBatches: 16, steps: 3 }),
  oneStage: await drawPipeline({ ...EVEN, stages: 1 }),
};

/** Of the first step, straight from the drawn events. */
function windowOf(spec: PipelineSpec): number {
  const events = JSON.parse(writePipeline({ ...spec, steps: 1 })) as {
    readonly name: string;
    readonly ts: number;
    readonly dur: number;
  }[];
  const computes = events.filter(({ name }) => name.endsWith('-compute'));
  const first = Math.min(...computes.map(({ ts }) => ts));
  return 1e3 * (Math.max(...computes.map(({ ts, dur }) => ts + dur)) - first);
}

describeDetector(pipelineBubble, {
  finds: [
    {
      name: 'the bubble of few micro-batches, as a note: it is what the schedule costs',
      run: () => runs.few,
      check: (finding) => {
        assert.equal(finding.severity, 'info');
        assert.ok(Math.abs(finding.threshold.measured - (100 * 3) / 7) < 1e-6);
        assert.ok(finding.savingNsPerStep <= 1);
        assert.match(finding.why, /4 stages and 4 micro-batches, the ideal schedule leaves 43 %/);
        // 16 micro-batches of a quarter of the size: 120 ms of compute in 19 slots of which 16 are full.
        assert.match(finding.why, /With 16 micro-batches .* could take 143 ms at best/);
      },
    },
    {
      name: 'what slow transfers cost beyond that',
      run: () => runs.slowTransfers,
      check: (finding) => {
        const lost = windowOf(SLOW_TRANSFERS) - 7 * 30e6;
        assert.ok(Math.abs(finding.savingNsPerStep - lost) < 1e3);
        assert.ok(['warning', 'error'].includes(finding.severity));
        assert.ok(finding.evidence.every(({ durationNs }) => durationNs > 0));
      },
    },
    {
      name: 'no loss where a long stage explains it',
      run: () => runs.longStage,
      check: (finding) => {
        assert.equal(finding.severity, 'info');
        assert.ok(finding.savingPercent < 1, `${finding.savingPercent} %`);
      },
    },
  ],
  staysQuiet: [
    { name: 'many micro-batches', run: () => runs.many },
    { name: 'a job of one stage', run: () => runs.oneStage },
    { name: 'a run without a pipeline', run: () => drawRun(['main  F-B-'], { steps: 30 }) },
  ],
});
