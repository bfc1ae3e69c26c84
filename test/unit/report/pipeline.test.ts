import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { analyzeRun } from '../../../src/core/analyze.ts';
import type { Report } from '../../../src/core/model/report.ts';
import { groupRuns } from '../../../src/core/runs/group-runs.ts';
import { findRunFiles } from '../../../src/files/find-run-files.ts';
import { readRun } from '../../../src/files/read-run.ts';
import { reportSchema } from '../../../src/protocol/report-schema.ts';
import { drawPipeline, type PipelineSpec } from '../../support/draw-pipeline.ts';
import { drawRun } from '../../support/draw-run.ts';
import { itWithShared } from '../../support/shared-data.ts';

const EVEN: PipelineSpec = {
  stages: 4,
  dataRanks: 2,
  microBatches: 8,
  steps: 24,
  computeNs: (direction) => (direction === 'forward' ? 10e6 : 20e6),
  communicationNs: 0.1e6,
  optimizerNs: 5e6,
};

async function reportOf(changes: Partial<PipelineSpec>): Promise<Report> {
  return analyzeRun(await drawPipeline({ ...EVEN, ...changes })).report;
}

/** What takes `factor` times as long as it should, by stage and data rank. */
function slowed(
  factor: (place: { readonly stage: number; readonly dataRank: number }) => number,
): Partial<PipelineSpec> {
  return {
    computeNs: (direction, place) => (direction === 'forward' ? 10e6 : 20e6) * factor(place),
  };
}

describe('the report of a pipeline', () => {
  it('calls an even pipeline balanced, and says what its schedule costs', async () => {
    const { verdict, findings, whatIf } = await reportOf({});
    assert.equal(verdict.kind, 'balanced');
    assert.match(verdict.text, /idle 2[78] % of the time/);
    assert.deepEqual(
      findings.map(({ id, severity }) => [id, severity]),
      [['pipeline-bubble', 'info']],
    );
    assert.ok(Math.abs((whatIf?.slowdown ?? 0) - 1) < 1e-3);
  });

  it('names the long stage first, and counts its time once', async () => {
    const { verdict, findings } = await reportOf(slowed(({ stage }) => (stage === 3 ? 1.7 : 1)));
    assert.equal(verdict.kind, 'imbalanced');
    assert.match(verdict.text, /^Stage 3 of the pipeline takes 1\.70 times/);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['slow-stage', 'pipeline-bubble'],
    );
    assert.ok(findings[1].savingPercent < 2);
  });

  it('says that the ranks wait where one of them is slow', async () => {
    const { verdict, findings } = await reportOf(
      slowed(({ stage, dataRank }) => (stage === 1 && dataRank === 0 ? 2 : 1)),
    );
    assert.equal(verdict.kind, 'imbalanced');
    assert.ok(!findings.some(({ id }) => id === 'slow-stage'));
  });

  it('blames what ranks wait for on other ranks, where the timeline leaves the waiting out', async () => {
    const { ranks } = await reportOf({});
    for (const { breakdown } of ranks) {
      assert.ok(breakdown !== null && breakdown.idlePercent > 15);
      assert.ok(breakdown.idleCauses.communication > 0.95 * breakdown.idlePercent);
    }
  });

  it('has no what-if of runs without a pipeline', () => {
    assert.equal(analyzeRun(drawRun(['main      F-B-'], { steps: 5 })).report.whatIf, null);
  });

  for (const name of ['timeline-ST.json.gz', 'trace-ST.parquet']) {
    const paths = [name, 'result-ST.json', 'ms-ST.json'];
    itWithShared(
      `finds the published answer in ${name}, through the files`,
      paths.map((path) => `megatron-timeline-ST/${path}`),
      async ([file, result, ms]) => {
        const signal = new AbortController().signal;
        const [group] = groupRuns(await findRunFiles([file], signal));
        const { report } = analyzeRun(await readRun(group, { signal }));
        assert.deepEqual(reportSchema.parse(JSON.parse(JSON.stringify(report))), report);
        assert.deepEqual(report.failures, []);
        assert.deepEqual(report.run.ranks, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert.equal(report.run.files.length, 1);
        assertPublished(report, result, ms);
        assert.equal(report.verdict.kind, 'imbalanced');
        const [first] = report.findings;
        assert.deepEqual([first.id, first.ranks], ['slow-stage', [6, 7]]);
        assert.match(first.title, /^Stage 3 /);
      },
    );
  }
});

/** The published numbers, to 2 %. */
function assertPublished({ whatIf }: Report, resultPath: string, msPath: string): void {
  const result = JSON.parse(readFileSync(resultPath, 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, number>>>
  > & { readonly blocking_slowdown: number };
  const { Ms } = JSON.parse(readFileSync(msPath, 'utf8')) as { readonly Ms: number };
  assert.ok(whatIf !== null);
  const pairs = [
    [whatIf.slowdown, result.blocking_slowdown],
    [whatIf.ms ?? 0, Ms],
    ...Object.entries(result['blocking_decompose_by_stage']).map(
      ([stage, value]) => [whatIf.byStage[stage], value] as const,
    ),
    ...Object.entries(result['blocking_decompose_by_optype']).map(
      ([kind, value]) => [whatIf.byKind[kind], value] as const,
    ),
  ];
  for (const [actual, expected] of pairs) {
    assert.ok(Math.abs(actual / expected - 1) < 0.02, `${actual} is not ${expected}`);
  }
}
