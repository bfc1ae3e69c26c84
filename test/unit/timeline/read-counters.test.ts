import assert from 'node:assert/strict';
import { counterLane, counterOfLane } from '../../../src/core/model/counter.ts';
import { RANK_TRACK } from '../../../src/core/model/timeline.ts';
import { describeCounters } from '../../../src/core/timeline/counter-series.ts';
import { readCounters } from '../../../src/core/timeline/read-counters.ts';
import { packCounters, unpackCounters } from '../../../src/protocol/counter-columns.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { tellRun } from '../../support/story-runs.ts';

type Sample = readonly [series: string, time: number, value: number];

/** A run whose first rank has these samples, in file order, its clock 5 ns later than the run's. */
function runWith(samples: readonly Sample[]) {
  const lanes = [{ name: 'main', kind: 'thread' as const, spans: [] }];
  const run = tellRun([{ offsetNs: 5, lanes }]);
  const strings = ['', ...new Set(samples.map(([series]) => series))];
  const counters = {
    length: samples.length,
    time: Float64Array.from(samples, ([, time]) => time),
    series: Uint32Array.from(samples, ([series]) => strings.indexOf(series)),
    value: Float64Array.from(samples, ([, , value]) => value),
  };
  const [rank] = run.run.ranks;
  const trace = { ...rank.trace, strings, counters };
  return { ...run, run: { ...run.run, ranks: [{ ...rank, trace }] } };
}

const rankOf = (run: ReturnType<typeof runWith>) => ({
  trace: run.run.ranks[0].trace,
  tables: run.ranks[0],
});

function pointsOf(
  run: ReturnType<typeof runWith>,
  startNs: number,
  endNs: number,
  widthPx: number,
) {
  const rows = [{ rank: 0, lane: counterLane(0) }];
  const points = readCounters(run, { startNs, endNs, widthPx, rows });
  return Array.from({ length: points.length }, (_, i) => ({
    time: points.time[i],
    min: points.min[i],
    max: points.max[i],
    last: points.last[i],
    count: points.count[i],
  }));
}

describe('the counters of a rank', () => {
  it('are named by numbers that are no lanes', () => {
    assert.equal(counterOfLane(counterLane(0)), 0);
    assert.equal(counterOfLane(counterLane(7)), 7);
    assert.equal(counterOfLane(RANK_TRACK), null);
    assert.equal(counterOfLane(3), null);
  });

  it('are listed by name with their extremes and units, but for those that are always 0', () => {
    const run = runWith([
      ['queue depth', 0, 4],
      ['gpu_memory_bytes', 10, 3e9],
      ['queue depth', 20, 0],
      ['idle', 20, 0],
      ['accuracy_percent', 20, 31.5],
      ['gpu_utilization', 30, 0.97],
      ['gpu util', 30, 97],
      ['memory_mb', 40, 8_000],
    ]);
    assert.deepEqual(
      describeCounters(rankOf(run)).map(({ name, unit, min, max, sampleCount }) => [
        name,
        unit,
        min,
        max,
        sampleCount,
      ]),
      [
        ['accuracy_percent', 'percent', 31.5, 31.5, 1],
        ['gpu util', 'percent', 97, 97, 1],
        ['gpu_memory_bytes', 'bytes', 3e9, 3e9, 1],
        ['gpu_utilization', 'fraction', 0.97, 0.97, 1],
        ['memory_mb', 'plain', 8_000, 8_000, 1],
        ['queue depth', 'plain', 0, 4, 2],
      ],
    );
  });

  it('give each sample where there is room, in run time, and the one before the window', () => {
    const run = runWith([
      ['q', 300, 3],
      ['q', 100, 1],
      ['q', 200, 2],
      ['q', 900, 9],
    ]);
    assert.deepEqual(pointsOf(run, 210, 600, 390), [
      { time: 205, min: 2, max: 2, last: 2, count: 1 },
      { time: 305, min: 3, max: 3, last: 3, count: 1 },
    ]);
    assert.deepEqual(pointsOf(run, 0, 50, 50), []);
    assert.equal(pointsOf(run, 2_000, 3_000, 10)[0].last, 9);
  });

  it('give the extremes of what falls into a pixel, as counted one by one, and no more points than pixels', () => {
    const random = seededRandom(5);
    const samples = Array.from({ length: 20_000 }, (_, i): Sample => [
      'q',
      i * 10,
      Math.round(random() * 1e6),
    ]);
    const run = runWith(samples);
    const points = pointsOf(run, 5, 200_005, 100);
    assert.ok(points.length <= 101 + 100 && points.length >= 90);
    assert.equal(
      points.reduce((sum, { count }) => sum + count, 0),
      samples.length,
    );
    points.forEach(({ time, min, max, last, count }) => {
      const first = (time - 5) / 10;
      const values = samples.slice(first, first + count).map(([, , value]) => value);
      assert.deepEqual(
        [min, max, last],
        [
          values.reduce((a, b) => Math.min(a, b)),
          values.reduce((a, b) => Math.max(a, b)),
          values.at(-1),
        ],
      );
    });
  });

  it('are the same points wherever the window begins', () => {
    const samples = Array.from({ length: 5_000 }, (_, i): Sample => ['q', i * 7, i % 13]);
    const run = runWith(samples);
    const whole = new Map(pointsOf(run, 5, 32_005, 64).map((point) => [point.time, point]));
    const part = pointsOf(run, 10_005, 20_005, 20).slice(1);
    assert.ok(part.length > 15);
    part.forEach((point) => assert.deepEqual(point, whole.get(point.time)));
  });

  it('are earlier by the shift of their row, as its spans are', () => {
    const run = runWith([
      ['q', 100, 1],
      ['q', 900, 9],
    ]);
    const rows = [{ rank: 0, lane: counterLane(0), shiftNs: 80 }];
    const points = readCounters(run, { startNs: 0, endNs: 500, widthPx: 500, rows });
    assert.deepEqual([...points.time], [25]);
  });

  it('give nothing for what is not there, and travel as one buffer', () => {
    const run = runWith([['q', 0, 1]]);
    const rows = [
      { rank: 0, lane: 0 },
      { rank: 9, lane: counterLane(0) },
      { rank: 0, lane: counterLane(5) },
      { rank: 0, lane: counterLane(0) },
    ];
    const points = readCounters(run, { startNs: 0, endNs: 10, widthPx: 10, rows });
    assert.deepEqual([...points.row], [3]);
    assert.deepEqual(unpackCounters(packCounters(points)), points);
    assert.throws(() => unpackCounters(packCounters(points).slice(0, 20)), RangeError);
  });
});
