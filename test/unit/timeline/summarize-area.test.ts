import assert from 'node:assert/strict';
import { type AreaRequest, RANK_TRACK } from '../../../src/core/model/timeline.ts';
import { findInArea } from '../../../src/core/timeline/find-in-area.ts';
import { MAX_GROUPS, summarizeArea } from '../../../src/core/timeline/summarize-area.ts';
import { tellRun } from '../../support/story-runs.ts';

const analysis = tellRun([
  {
    lanes: [
      {
        name: 'main',
        kind: 'thread',
        spans: [
          { name: 'forward', start: 0, duration: 1000, phase: 'forward' },
          { name: 'mm', start: 100, duration: 200, category: 'cpu-op' },
          { name: 'mm', start: 400, duration: 400, category: 'cpu-op' },
          { name: 'late', start: 2000, duration: 10 },
        ],
      },
      {
        name: 'stream 7',
        kind: 'stream',
        spans: [{ name: 'gemm', start: 500, duration: 300, category: 'kernel' }],
      },
    ],
  },
]);

function sum(request: Partial<AreaRequest>) {
  const rows = [{ rank: 0, lane: 0 }];
  return summarizeArea(analysis, { startNs: 0, endNs: 1500, rows, by: 'name', ...request });
}

describe('an area of the timeline added up', () => {
  it('counts what lies within, whole and without what is inside it', () => {
    const { groups, count, groupCount, selfNs } = sum({});
    assert.deepEqual(
      groups.map((group) => [group.name, group.count, group.totalNs, group.selfNs]),
      [
        ['mm', 2, 600, 600],
        ['forward', 1, 1000, 400],
      ],
    );
    assert.deepEqual([count, groupCount, selfNs], [3, 2, 1000]);
    assert.deepEqual(groups[0].percentiles, { p50Ns: 300, p95Ns: 390, p99Ns: 398 });
  });

  it('cuts spans at its ends', () => {
    const { groups, selfNs } = sum({ startNs: 200, endNs: 500 });
    assert.deepEqual(
      groups.map((group) => [group.name, group.totalNs, group.selfNs]),
      [
        ['mm', 200, 200],
        ['forward', 300, 100],
      ],
    );
    assert.equal(selfNs, 300);
    assert.equal(sum({ startNs: 1200, endNs: 1300 }).count, 0);
  });

  it('adds up by phase and category', () => {
    const byPhase = sum({ by: 'phase' }).groups;
    assert.deepEqual(
      byPhase.map(({ name, selfNs }) => [name, selfNs]),
      [['forward', 1000]],
    );
    assert.deepEqual(
      new Set(sum({ by: 'category' }).groups.map(({ selfNs }) => selfNs)),
      new Set([600, 400]),
    );
  });

  it('takes the streams for a rank, each lane once, and leaves out what the run does not have', () => {
    const rows = [
      { rank: 0, lane: RANK_TRACK },
      { rank: 0, lane: 1 },
      { rank: 0, lane: 9 },
      { rank: 5, lane: 0 },
    ];
    assert.deepEqual(
      sum({ rows }).groups.map((group) => [group.name, group.count, group.totalNs]),
      [['gemm', 1, 300]],
    );
  });

  it('reads a row where it is shown', () => {
    const rows = [{ rank: 0, lane: 0, shiftNs: 900 }];
    assert.deepEqual(
      sum({ startNs: 0, endNs: 50, rows }).groups.map((group) => [group.name, group.totalNs]),
      [['forward', 50]],
    );
  });

  it('adds up the idle time of a summary by cause, cut at its ends', () => {
    const idle = tellRun([
      {
        lanes: [
          {
            name: 'stream 7',
            kind: 'stream',
            spans: [{ name: 'gemm', start: 100, duration: 100, category: 'kernel' }],
          },
        ],
        gaps: [
          { start: 0, end: 100, step: -1, cause: 'data' },
          { start: 200, end: 230, step: -1, cause: 'launch' },
          { start: 300, end: 400, step: -1, cause: 'data' },
        ],
      },
    ]);
    const area = { startNs: 50, endNs: 320, by: 'name' as const };
    const { groups, count, gapCount, selfNs, durations } = summarizeArea(idle, {
      ...area,
      rows: [{ rank: 0, lane: RANK_TRACK }],
    });
    assert.deepEqual(
      groups.map((group) => [group.name, group.cause, group.count, group.selfNs]),
      [
        ['gemm', null, 1, 100],
        ['data', 'data', 2, 70],
        ['launch', 'launch', 1, 30],
      ],
    );
    assert.deepEqual([count, gapCount, selfNs], [1, 3, 200]);
    assert.equal(durations?.counts[0], 1, 'of spans alone');
    const lane = summarizeArea(idle, { ...area, rows: [{ rank: 0, lane: 0 }] });
    assert.deepEqual([lane.gapCount, lane.selfNs], [0, 100], 'a lane is never idle');
  });

  it('has a histogram of each group and of all', () => {
    const { groups, durations } = sum({});
    const countOf = (counts: readonly number[] = []) => counts.reduce((all, n) => all + n, 0);
    assert.deepEqual(
      groups.map((group) => countOf(group.durations.counts)),
      [2, 1],
    );
    assert.ok(durations);
    assert.deepEqual([durations.leastNs, durations.mostNs], [200, 1000]);
    assert.equal(countOf(durations.counts), 3);
    assert.equal(durations.counts[0], 1);
    assert.equal(durations.counts.at(-1), 1);
  });

  it('finds the spans of one group, and none outside', () => {
    const found = (group: string, by: AreaRequest['by'] = 'name') =>
      findInArea(analysis, { startNs: 0, endNs: 350, rows: [{ rank: 0, lane: 0 }], by }, group);
    assert.deepEqual([...found('mm').spans.start], [100]);
    assert.equal(found('late').total, 0);
    assert.deepEqual([...found('forward', 'phase').spans.span], [0, 1]);
  });

  it('lists the first of very many, and counts all', () => {
    const spans = Array.from({ length: 500 }, (_, i) => ({
      name: `n${i}`,
      start: i * 1000,
      duration: i + 1,
    }));
    const many = tellRun([{ lanes: [{ name: 'main', kind: 'thread', spans }] }]);
    const rows = [{ rank: 0, lane: 0 }];
    const result = summarizeArea(many, { startNs: 0, endNs: 1e6, rows, by: 'name' });
    assert.deepEqual(
      [result.groups.length, result.groupCount, result.count],
      [MAX_GROUPS, 500, 500],
    );
    assert.equal(result.groups[0].name, 'n499');
  });
});
