import assert from 'node:assert/strict';
import { RANK_TRACK, RECTANGLE_KINDS } from '../../../src/core/model/timeline.ts';
import { PHASES } from '../../../src/core/model/phase.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { tellRun, type SpanStory } from '../../support/story-runs.ts';

const everything = { startNs: 0, endNs: 1000, widthPx: 1000 };

function rowsOf(analysis: ReturnType<typeof tellRun>, request: Parameters<typeof readWindow>[1]) {
  const { rectangles: r, names } = readWindow(analysis, request);
  return Array.from({ length: r.length }, (_, i) => ({
    kind: RECTANGLE_KINDS[r.kind[i]],
    name: names[r.name[i]],
    phase: PHASES[r.phase[i]],
    from: r.start[i],
    to: r.end[i],
    depth: r.depth[i],
    item: r.item[i],
  }));
}

function thread(spans: readonly SpanStory[]) {
  return { name: 'main', kind: 'thread' as const, spans };
}

describe('readWindow', () => {
  it('gives the spans of a lane by depth, in run time', () => {
    const analysis = tellRun([
      {
        offsetNs: 5,
        lanes: [
          thread([
            { name: 'forward', start: 100, duration: 200, phase: 'forward' },
            { name: 'aten::mm', start: 120, duration: 50 },
            { name: 'backward', start: 400, duration: 100, phase: 'backward' },
          ]),
        ],
      },
    ]);
    assert.deepEqual(rowsOf(analysis, { ...everything, rows: [{ rank: 0, lane: 0 }] }), [
      { kind: 'span', name: 'forward', phase: 'forward', from: 105, to: 305, depth: 0, item: 0 },
      { kind: 'span', name: 'backward', phase: 'backward', from: 405, to: 505, depth: 0, item: 2 },
      { kind: 'span', name: 'aten::mm', phase: 'forward', from: 125, to: 175, depth: 1, item: 1 },
    ]);
  });

  it('shows a row earlier by its shift, and asks for what is then in the window', () => {
    const analysis = tellRun(
      [0, 1].map(() => ({
        offsetNs: 5,
        lanes: [thread([{ name: 'forward', start: 1100, duration: 200 }])],
      })),
    );
    const rows = [
      { rank: 0, lane: 0, shiftNs: 1000 },
      { rank: 1, lane: 0 },
    ];
    const [shown, ...others] = rowsOf(analysis, { ...everything, rows });
    assert.deepEqual([shown.from, shown.to], [105, 305]);
    assert.deepEqual(others, []);
  });

  it('keeps spans that began before the window and reach into it, and leaves out those beside it', () => {
    const analysis = tellRun([
      {
        lanes: [
          thread([
            { name: 'outer', start: 0, duration: 1000 },
            { name: 'before', start: 0, duration: 400 },
            { name: 'inside', start: 450, duration: 20 },
            { name: 'touches', start: 500, duration: 100 },
          ]),
        ],
      },
    ]);
    const request = { startNs: 400, endNs: 500, widthPx: 100, rows: [{ rank: 0, lane: 0 }] };
    assert.deepEqual(
      rowsOf(analysis, request).map(({ name }) => name),
      ['outer', 'inside'],
    );
  });

  it('merges what is below a pixel, counts it, and keeps what is not', () => {
    const analysis = tellRun([
      {
        lanes: [
          thread([
            { name: 'a', start: 0, duration: 1 },
            { name: 'b', start: 2, duration: 3, phase: 'data' },
            { name: 'c', start: 6, duration: 1 },
            { name: 'wide', start: 8, duration: 50 },
            { name: 'd', start: 60, duration: 1 },
          ]),
        ],
      },
    ]);
    const request = { startNs: 0, endNs: 1000, widthPx: 100, rows: [{ rank: 0, lane: 0 }] };
    assert.deepEqual(
      rowsOf(analysis, request).map(({ kind, phase, from, to, item }) => [
        kind,
        phase,
        from,
        to,
        item,
      ]),
      [
        ['merged', 'data', 0, 7, 3],
        ['span', 'none', 8, 58, 3],
        ['span', 'none', 60, 61, 4],
      ],
    );
  });

  it('answers 200,000 spans with at most two rectangles a pixel and row', function () {
    this.timeout(20_000);
    const spans = Array.from({ length: 200_000 }, (_, i) => ({
      name: 'k',
      start: i * 10,
      duration: i % 1000 === 0 ? 9 : 2,
    }));
    const analysis = tellRun([{ lanes: [thread(spans)] }]);
    const request = { startNs: 0, endNs: 2e6, widthPx: 500, rows: [{ rank: 0, lane: 0 }] };
    const { rectangles } = readWindow(analysis, request);
    assert.ok(rectangles.length <= 1000, `${rectangles.length} rectangles`);
    assert.equal(
      rectangles.item.reduce((sum, count) => sum + count, 0),
      200_000,
    );
  });

  it('joins what is merged side by side, with the share of the time that is taken', () => {
    const spans = Array.from({ length: 1000 }, (_, i) => ({
      name: 'k',
      start: i * 10,
      duration: i < 500 ? 2 : 8,
      phase: 'forward' as const,
    }));
    const analysis = tellRun([{ lanes: [thread(spans)] }]);
    const request = { startNs: 0, endNs: 10_000, widthPx: 100, rows: [{ rank: 0, lane: 0 }] };
    const { rectangles: r } = readWindow(analysis, request);
    const all = Array.from({ length: r.length }, (_, i) => i);
    assert.ok(r.length < 10, `${r.length} rectangles`);
    assert.equal(
      all.reduce((sum, i) => sum + (RECTANGLE_KINDS[r.kind[i]] === 'merged' ? r.item[i] : 1), 0),
      1000,
    );
    const takenBefore = (time: number) =>
      all.filter((i) => r.end[i] <= time).map((i) => r.coverage[i] / 255);
    assert.ok(takenBefore(4_800).every((share) => Math.abs(share - 0.2) < 0.05));
    const last = all.findLast((i) => RECTANGLE_KINDS[r.kind[i]] === 'merged')!;
    assert.ok(Math.abs(r.coverage[last] / 255 - 0.8) < 0.05);
    assert.ok(all.slice(1).every((i) => r.start[i] >= r.end[i - 1]));
  });

  it('shows a rank with a device as work by phase and gaps by cause', () => {
    const analysis = tellRun([
      {
        lanes: [
          thread([
            { name: 'forward', start: 0, duration: 100, phase: 'forward' },
            { name: 'launch', start: 10, duration: 5, category: 'runtime' },
          ]),
          {
            name: 'stream 7',
            kind: 'stream',
            spans: [
              {
                name: 'gemm',
                start: 100,
                duration: 200,
                category: 'kernel',
                launchedBy: 'launch',
              },
              {
                name: 'nccl',
                start: 250,
                duration: 150,
                category: 'kernel',
                phase: 'communication',
              },
            ],
          },
        ],
        busy: [
          { start: 100, end: 300, kind: 'compute' },
          { start: 300, end: 400, kind: 'communication' },
        ],
        devicePhases: [
          { start: 100, end: 300, phase: 'forward' },
          { start: 300, end: 400, phase: 'communication' },
        ],
        gaps: [{ start: 0, end: 100, step: 0, cause: 'data' }],
        steps: [{ start: 0, end: 400 }],
      },
    ]);
    assert.deepEqual(
      rowsOf(analysis, { ...everything, rows: [{ rank: 0, lane: RANK_TRACK }] }).map(
        ({ kind, phase, from, to, name }) => [kind, phase, from, to, name],
      ),
      [
        ['gap', 'none', 0, 100, ''],
        ['phase', 'forward', 100, 300, 'gemm'],
        ['phase', 'communication', 300, 400, 'nccl'],
      ],
    );
  });

  it('shows a rank without a device as the phases of its host', () => {
    const analysis = tellRun([
      {
        lanes: [
          thread([
            { name: 'ProfilerStep#3', start: 0, duration: 1000 },
            { name: 'next', start: 0, duration: 300, phase: 'data' },
            { name: 'decode', start: 100, duration: 50 },
            { name: 'optimizer', start: 800, duration: 200, phase: 'optimizer' },
          ]),
          {
            name: 'autograd',
            kind: 'thread',
            spans: [{ name: 'engine', start: 250, duration: 400, phase: 'backward' }],
          },
        ],
        hostPhases: [
          { start: 0, end: 300, phase: 'data' },
          { start: 300, end: 650, phase: 'backward' },
          { start: 800, end: 1000, phase: 'optimizer' },
        ],
      },
    ]);
    assert.deepEqual(
      rowsOf(analysis, { ...everything, rows: [{ rank: 0, lane: RANK_TRACK }] }).map(
        ({ phase, from, to, item }) => [phase, from, to, item],
      ),
      [
        ['data', 0, 300, 1],
        ['backward', 300, 650, 4],
        ['optimizer', 800, 1000, 3],
      ],
    );
  });

  it('shows the outermost spans of a run that has no phases at all', () => {
    const analysis = tellRun([
      {
        lanes: [
          thread([
            { name: 'main', start: 0, duration: 10 },
            { name: 'inner', start: 1, duration: 5 },
          ]),
        ],
      },
    ]);
    assert.deepEqual(
      rowsOf(analysis, {
        ...everything,
        widthPx: 10_000,
        rows: [{ rank: 0, lane: RANK_TRACK }],
      }).map(({ kind, name }) => [kind, name]),
      [['span', 'main']],
    );
  });

  it('leaves out ranks and lanes that the run does not have', () => {
    const analysis = tellRun([{ lanes: [thread([{ name: 'a', start: 0, duration: 9 }])] }]);
    const rows = [
      { rank: 7, lane: 0 },
      { rank: 0, lane: 7 },
      { rank: 0, lane: -5 },
    ];
    assert.equal(readWindow(analysis, { ...everything, rows }).rectangles.length, 0);
  });
});
