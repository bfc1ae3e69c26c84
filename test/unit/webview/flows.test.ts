import assert from 'node:assert/strict';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { layOutFlows } from '../../../webview/timeline/flows.ts';
import { layOutWindow } from '../../../webview/timeline/layout.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';
import { tellRun } from '../../support/story-runs.ts';

describe('arrows on the timeline', () => {
  const analysis = tellRun([
    {
      lanes: [
        {
          name: 'main',
          kind: 'thread',
          spans: [{ name: 'launch', start: 100, duration: 50, category: 'runtime' }],
        },
        {
          name: 'stream 7',
          kind: 'stream',
          spans: [
            { name: 'gemm', start: 400, duration: 200, category: 'kernel', launchedBy: 'launch' },
          ],
        },
      ],
    },
  ]);
  const lanes = (['main', 'stream 7'] as const).map((name, lane) => ({
    ...{ lane, name, kind: 'thread' as const, depthCount: 1, spanCount: 1, isMain: false },
  }));
  const list = layOutTracks([{ rank: 0, deviceName: null, lanes }], new Set([0]));
  const { tracks } = list;
  const shiftOf = () => 0;
  const rows = lanes.map(({ lane }) => ({ rank: 0, lane }));
  const request = { startNs: 0, endNs: 1000, widthPx: 500, rows };
  const data = { request, ...readWindow(analysis, request) };

  function arrows(index: number, range = { startNs: 0, endNs: 1000 }) {
    const viewport = { range, width: 500, height: 400, scrollTop: 0 };
    const boxes = layOutWindow(data, tracks, viewport);
    const details = describeSelection(analysis, { kind: 'span', rank: 0, index })!;
    return layOutFlows({ data, boxes, list, viewport, shiftOf }, details);
  }

  it('lead from the end of a launch to the begin of its kernel, whichever is selected', () => {
    const y = (i: number) => tracks[i].top + (tracks[i].levelHeight - 1) / 2;
    const expected = [{ from: [75, y(1)], to: [200, y(2)], isAcross: false }];
    assert.deepEqual(arrows(0), expected);
    assert.deepEqual(arrows(1), expected);
  });

  it('are left out where an end is not in view', () => {
    assert.deepEqual(arrows(1, { startNs: 300, endNs: 1000 }), []);
  });

  it('lead to a span that is too short to be drawn by itself', () => {
    const near = Array.from({ length: 40 }, (_, i) => ({
      name: i === 20 ? 'gemm' : 'other',
      start: 400 + i,
      duration: 1,
      category: 'kernel' as const,
      ...(i === 20 ? { launchedBy: 'launch' } : {}),
    }));
    const run = tellRun([
      {
        lanes: [
          {
            name: 'main',
            kind: 'thread',
            spans: [{ name: 'launch', start: 100, duration: 50, category: 'runtime' }],
          },
          { name: 'stream 7', kind: 'stream', spans: near },
        ],
      },
    ]);
    const own = { request, ...readWindow(run, { ...request, widthPx: 20 }) };
    assert.ok(own.rectangles.length < 20, 'kernels are merged');
    const viewport = { range: request, width: 500, height: 400, scrollTop: 0 };
    const boxes = layOutWindow(own, tracks, viewport);
    const details = describeSelection(run, { kind: 'span', rank: 0, index: 0 })!;
    const [arrow] = layOutFlows({ data: own, boxes, list, viewport, shiftOf }, details);
    assert.deepEqual([arrow.from[0], arrow.to[0]], [75, 210]);
  });

  it('lead from a node of the backward pass back to its operator, and forth', () => {
    const run = tellRun([
      {
        lanes: [
          {
            name: 'main',
            kind: 'thread',
            spans: [{ name: 'aten::mm', start: 100, duration: 50, autograd: 2 }],
          },
          {
            name: 'autograd',
            kind: 'thread',
            spans: [{ name: 'MmBackward0', start: 400, duration: 50, autograd: 2 }],
          },
        ],
      },
    ]);
    const own = { request, ...readWindow(run, request) };
    const viewport = { range: request, width: 500, height: 400, scrollTop: 0 };
    const boxes = layOutWindow(own, tracks, viewport);
    for (const index of [0, 1]) {
      const details = describeSelection(run, { kind: 'span', rank: 0, index })!;
      const [arrow, ...others] = layOutFlows(
        { data: own, boxes, list, viewport, shiftOf },
        details,
      );
      assert.deepEqual([arrow.from[0], arrow.to[0]], [75, 200]);
      assert.deepEqual(others, []);
    }
  });
});

describe('arrows between ranks', () => {
  const starts = [100, 300, 50];
  const analysis = tellRun(
    starts.map((start) => ({
      lanes: [
        {
          name: 'stream 7',
          kind: 'stream' as const,
          spans: [{ name: 'nccl', start, duration: 400 - start, category: 'kernel' as const }],
        },
      ],
    })),
    null,
    ['nccl'],
  );
  const lane = { lane: 0, name: 'stream 7', kind: 'stream' as const, depthCount: 1, spanCount: 1 };
  const ranks = starts.map((_, rank) => ({
    rank,
    deviceName: null,
    lanes: [{ ...lane, isMain: false }],
  }));
  const list = layOutTracks(ranks, new Set([0, 1]));
  const rows = list.tracks.map((track) => ({ rank: track.rank, lane: track.lane }));
  const request = { startNs: 0, endNs: 1000, widthPx: 500, rows };
  const data = { request, ...readWindow(analysis, request) };
  const details = describeSelection(analysis, { kind: 'span', rank: 2, index: 0 })!;
  const shiftOf = () => 0;

  function arrows(range: { startNs: number; endNs: number }) {
    const viewport = { range, width: 500, height: 400, scrollTop: 0 };
    const boxes = layOutWindow(data, list.tracks, viewport);
    return layOutFlows({ data, boxes, list, viewport, shiftOf }, details);
  }

  it('lead from the last to come to its lane or summary on the others, at that moment', () => {
    const [, open, , late, closed] = list.tracks;
    assert.deepEqual(
      arrows(request).map(({ from, to, isAcross }) => ({ from, to, isAcross })),
      [closed, open].map((track) => ({
        from: [150, late.top + (late.levelHeight - 1) / 2],
        to: [150, track.top + (track.levelHeight - 1) / 2],
        isAcross: true,
      })),
    );
  });

  it('are left out where that moment is not in view, or cannot be told', () => {
    assert.deepEqual(arrows({ startNs: 0, endNs: 250 }), []);
    const unknown = { ...details, collective: { ...details.collective!, isComparable: false } };
    const viewport = { range: request, width: 500, height: 400, scrollTop: 0 };
    const boxes = layOutWindow(data, list.tracks, viewport);
    assert.deepEqual(layOutFlows({ data, boxes, list, viewport, shiftOf }, unknown), []);
  });
});
