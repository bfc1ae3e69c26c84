import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { PHASES } from '../../../src/core/model/phase.ts';
import { splitRanks } from '../../../src/core/runs/split-ranks.ts';
import { writePipeline, type PipelineSpec } from '../../support/draw-pipeline.ts';
import { readBytes, readText, viewSpans } from '../../support/read-bytes.ts';
import { itWithShared } from '../../support/shared-data.ts';

const SPEC: PipelineSpec = {
  stages: 3,
  dataRanks: 2,
  microBatches: 4,
  steps: 2,
  computeNs: (direction) => (direction === 'forward' ? 10e6 : 20e6),
  communicationNs: 1e6,
  optimizerNs: 5e6,
};

describe('megatron', () => {
  it('tells whose each lane is, counting ranks by data rank, then by stage', async () => {
    const trace = await readText(writePipeline(SPEC));
    assert.equal(trace.meta.format, 'megatron');
    assert.deepEqual(
      trace.lanes
        .filter(({ name }) => name === 'compute')
        .map(({ worker }) => [worker?.rank, worker?.stage, worker?.dataRank, worker?.tensorRank])
        .sort(),
      [
        [0, 0, 0, 0],
        [1, 0, 1, 0],
        [2, 1, 0, 0],
        [3, 1, 1, 0],
        [4, 2, 0, 0],
        [5, 2, 1, 0],
      ],
    );
  });

  it('gives steps, chunks, phases and groups to the operations', async () => {
    const { spans, strings, collectives } = await readText(writePipeline(SPEC));
    const of = (name: string) =>
      [...spans.name.keys()].filter((row) => strings[spans.name[row]] === name);
    const forwards = of('forward-compute');
    assert.equal(forwards.length, 3 * 2 * 4 * 2);
    assert.deepEqual([...new Set(forwards.map((row) => spans.step?.[row]))].sort(), [1, 2]);
    assert.ok(forwards.every((row) => spans.modelChunk?.[row] === 1));
    assert.deepEqual(
      ['forward-compute', 'backward-compute', 'forward-recv', 'optimizer'].map(
        (name) => PHASES[spans.recordedPhase?.[of(name)[0]] ?? 0],
      ),
      ['forward', 'backward', 'communication', 'optimizer'],
    );
    const groups = [...collectives.group].map((row) => strings[row]);
    const clips = groups.filter((group) => group.startsWith('optimizer-clip-main-grad'));
    const gathers = groups.filter((group) => group.startsWith('params-all-gather'));
    assert.deepEqual([new Set(clips).size, clips.length], [1, 12]);
    assert.deepEqual([new Set(gathers).size, gathers.length], [3, 12]);
  });

  it('reads a timeline without names of threads as one rank', async () => {
    const events = JSON.parse(writePipeline(SPEC)) as { ph: string }[];
    const trace = await readText(JSON.stringify(events.filter(({ ph }) => ph === 'X')));
    assert.equal(trace.meta.format, 'megatron');
    assert.ok(trace.lanes.every(({ worker }) => worker === undefined));
    assert.deepEqual(splitRanks(trace), [trace]);
  });
});

describe('splitRanks', () => {
  it('makes one trace of each rank, and loses nothing', async () => {
    const whole = await readText(writePipeline(SPEC));
    const parts = splitRanks(whole);
    assert.deepEqual(
      parts.map(({ meta }) => [meta.rank, meta.worldSize]),
      [0, 1, 2, 3, 4, 5].map((rank) => [rank, 6]),
    );
    const all = parts.flatMap(viewSpans).map((span) => JSON.stringify(span));
    assert.deepEqual(
      all.sort(),
      viewSpans(whole)
        .map((span) => JSON.stringify(span))
        .sort(),
    );
    const sum = (pick: (part: (typeof parts)[number]) => number): number =>
      parts.reduce((total, part) => total + pick(part), 0);
    assert.equal(
      sum(({ counts }) => counts.kept),
      whole.counts.kept,
    );
    assert.equal(
      sum(({ byteLength }) => byteLength),
      whole.byteLength,
    );
    assert.equal(
      sum(({ collectives }) => collectives.length),
      whole.collectives.length,
    );
    for (const { lanes, spans, collectives, strings } of parts) {
      for (const [row, lane] of lanes.entries()) {
        assert.ok(spans.lane.subarray(lane.first, lane.first + lane.count).every((l) => l === row));
      }
      collectives.span.forEach((span, row) => {
        assert.equal(strings[spans.name[span]], strings[collectives.operation[row]]);
      });
    }
  });

  itWithShared(
    'finds the eight ranks of a real timeline',
    ['megatron-timeline-ST/timeline-ST.json.gz'],
    async ([file]) => {
      const bytes = gunzipSync(readFileSync(file));
      const parts = splitRanks(await readBytes(bytes));
      const events = JSON.parse(bytes.toString('utf8')) as { ph: string; pid: number }[];
      assert.equal(parts.length, 8);
      const spans = events.filter(({ ph }) => ph === 'X');
      for (const dataRank of [0, 1]) {
        const own = parts.filter(({ lanes }) => lanes[0].worker?.dataRank === dataRank);
        assert.equal(
          own.reduce((sum, { spans: { length } }) => sum + length, 0),
          spans.filter(({ pid }) => pid === dataRank).length,
        );
      }
    },
  );
});
