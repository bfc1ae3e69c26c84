import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { listOperations, withoutWarmup } from '../../../src/core/derived/pipeline/operations.ts';
import { prepareReplay } from '../../../src/core/derived/pipeline/replay.ts';
import { computeWhatIf } from '../../../src/core/derived/pipeline/what-if.ts';
import type { WhatIf } from '../../../src/core/model/report.ts';
import type { Run } from '../../../src/core/model/run.ts';
import { assembleRun } from '../../../src/core/runs/assemble-run.ts';
import { readTrace } from '../../../src/core/formats/read-trace.ts';
import { openFile } from '../../../src/files/open-file.ts';
import { drawPipeline, type PipelineSpec } from '../../support/draw-pipeline.ts';
import { itWithShared } from '../../support/shared-data.ts';

const EVEN: PipelineSpec = {
  stages: 4,
  dataRanks: 2,
  microBatches: 6,
  steps: 3,
  computeNs: (direction) => (direction === 'forward' ? 10e6 : 20e6),
  communicationNs: 1e6,
  optimizerNs: 5e6,
};

function whatIfOf({ ranks }: Run): WhatIf {
  const steps = listOperations(
    ranks,
    ranks.map(() => 0),
  );
  const whatIf = computeWhatIf(prepareReplay(steps));
  assert.ok(whatIf !== null);
  return whatIf;
}

function near(actual: number, expected: number, tolerance = 1e-6): void {
  const error = Math.abs(actual - expected) / Math.abs(expected);
  assert.ok(error <= tolerance, `${actual} is not ${expected}`);
}

describe('computeWhatIf', () => {
  it('replays a drawn step to its length, and finds no slowdown where all are equal', async () => {
    const whatIf = whatIfOf(await drawPipeline(EVEN));
    near(whatIf.replayedNs, whatIf.recordedNs);
    near(whatIf.idealNs, whatIf.recordedNs);
    assert.equal(whatIf.steps, 3);
    assert.deepEqual([whatIf.mw, whatIf.ms], [null, null]);
    for (const value of Object.values(whatIf.byRank)) {
      near(value, 1);
    }
  });

  it('gives the length of the textbook where transfers take no time', async () => {
    const spec = { ...EVEN, communicationNs: 0, optimizerNs: 0 };
    const { idealNs } = whatIfOf(await drawPipeline(spec));
    near(idealNs, (spec.microBatches + spec.stages - 1) * 30e6);
  });

  it('blames a long last stage', async () => {
    const computeNs: PipelineSpec['computeNs'] = (direction, { stage }) =>
      (direction === 'forward' ? 10e6 : 20e6) * (stage === 3 ? 1.6 : 1);
    const spec = { ...EVEN, computeNs, communicationNs: 0, optimizerNs: 0 };
    const whatIf = whatIfOf(await drawPipeline(spec));
    // The long stage works without a pause: its micro-batches, and the way there and back for one.
    const long = 1.6 * 30e6;
    near(whatIf.replayedNs, 6 * long + 3 * 30e6);
    near(whatIf.idealNs, 9 * 1.15 * 30e6);
    near(whatIf.slowdown, (6 * long + 3 * 30e6) / (9 * 1.15 * 30e6));
    near(whatIf.byStage[3], (6 * long + 3 * 1.15 * 30e6) / (9 * 1.15 * 30e6));
    assert.ok((whatIf.ms ?? 0) > 0.99, `M_S is ${whatIf.ms}`);
    assert.ok(whatIf.byStage[0] < 1.01);
  });

  it('blames a slow rank', async () => {
    const computeNs: PipelineSpec['computeNs'] = (direction, { stage, dataRank }) =>
      (direction === 'forward' ? 10e6 : 20e6) * (stage === 1 && dataRank === 1 ? 2 : 1);
    const whatIf = whatIfOf(await drawPipeline({ ...EVEN, computeNs }));
    assert.ok(whatIf.slowdown > 1.3);
    const worst = Object.entries(whatIf.byRank).sort(([, a], [, b]) => b - a)[0][0];
    assert.equal(worst, '3');
    assert.ok((whatIf.mw ?? 0) > 0.9, `M_W is ${whatIf.mw}`);
    assert.ok((whatIf.ms ?? 1) < 0.1, `M_S is ${whatIf.ms}`);
    assert.ok(whatIf.byDataRank[1] > 1.3 && whatIf.byDataRank[0] < 1.01);
  });

  it('leaves out long first steps, and no others', async () => {
    const factors = [3, 1.1, 2, 1, 1];
    const computeNs: PipelineSpec['computeNs'] = (direction, { step }) =>
      (direction === 'forward' ? 10e6 : 20e6) * factors[step];
    const { ranks } = await drawPipeline({ ...EVEN, steps: 5, computeNs });
    const steps = listOperations(
      ranks,
      ranks.map(() => 0),
    );
    assert.deepEqual(
      withoutWarmup(steps).map(({ number }) => number),
      [1, 2, 3, 4],
    );
    assert.deepEqual(withoutWarmup([]), []);
  });

  it('leaves out steps in which a receive has no send', async () => {
    const { ranks } = await drawPipeline(EVEN);
    const steps = listOperations(
      ranks,
      ranks.map(() => 0),
    );
    const [broken, ...others] = steps;
    const byWorker = new Map(
      [...broken.byWorker].map(([worker, list]) => [
        worker,
        worker.rank === 0 ? list.filter(({ kind }) => kind !== 'forward-send') : list,
      ]),
    );
    const replay = prepareReplay([{ ...broken, byWorker }, ...others]);
    assert.deepEqual(
      replay.steps.map(({ number }) => number),
      [1, 2],
    );
  });

  itWithShared(
    'gives what its authors published of a real job',
    ['timeline-ST.json.gz', 'result-ST.json', 'ms-ST.json', 'mw-ST.json'].map(
      (name) => `megatron-timeline-ST/${name}`,
    ),
    async ([timeline, result, ms, mw]) => {
      const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
      const published = read(result) as Published;
      const { trueMs, trueMw } = {
        trueMs: (read(ms) as { Ms: number }).Ms,
        trueMw: (read(mw) as { Mw: number }).Mw,
      };
      const whatIf = whatIfOf(await readOne(timeline));
      const tolerance = 1e-4;
      near(whatIf.slowdown, published.blocking_slowdown, tolerance);
      for (const [key, by] of [
        ['stage', whatIf.byStage],
        ['dp_rank', whatIf.byDataRank],
        ['optype', whatIf.byKind],
      ] as const) {
        const expected = published[`blocking_decompose_by_${key}`];
        assert.deepEqual(Object.keys(by).sort(), Object.keys(expected).sort());
        for (const [name, value] of Object.entries(expected)) {
          near(by[name], value, tolerance);
        }
      }
      near(whatIf.ms ?? 0, trueMs, tolerance);
      near(whatIf.mw ?? 0, trueMw, tolerance);
      assert.equal(whatIf.steps, 32);
      near(whatIf.replayedNs, whatIf.recordedNs, 0.03);
    },
  );
});

interface Published {
  readonly blocking_slowdown: number;
  readonly blocking_decompose_by_stage: Readonly<Record<string, number>>;
  readonly blocking_decompose_by_dp_rank: Readonly<Record<string, number>>;
  readonly blocking_decompose_by_optype: Readonly<Record<string, number>>;
}

async function readOne(path: string): Promise<Run> {
  const trace = await readTrace(await openFile(path), { signal: new AbortController().signal });
  const file = { path, format: trace.meta.format, rank: null, worldSize: null, runName: null };
  const files = [{ ...file, sizeBytes: 0, modifiedMs: 0 }];
  return assembleRun({ id: path, name: path, folder: '', files }, [{ file: files[0], trace }]);
}
