import assert from 'node:assert/strict';
import { RANK_TRACK, type TimelineStep } from '../../../src/core/model/timeline.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { layOutPlaceBars } from '../../../webview/details/place-bars.ts';
import { clampRange, frameInterval, panRange, zoomRange } from '../../../webview/time-range.ts';
import {
  findEvidence,
  findSelected,
  hitTest,
  neighbourOf,
  verticalNeighbourOf,
} from '../../../webview/timeline/hit-test.ts';
import { rangeAfterKey } from '../../../webview/timeline/keys.ts';
import { layOutWindow } from '../../../webview/timeline/layout.ts';
import { layOutSteps } from '../../../webview/timeline/ruler.ts';
import { layOutTracks, trackAt, tracksBetween } from '../../../webview/timeline/tracks.ts';
import type { WindowData } from '../../../webview/timeline/window-data.ts';
import { tellRun } from '../../support/story-runs.ts';

const lane = { name: 'main', kind: 'thread', spanCount: 3, isMain: true } as const;
const ranks = [
  { rank: 0, deviceName: null, lanes: [{ ...lane, lane: 0, depthCount: 2 }] },
  { rank: 3, deviceName: null, lanes: [{ ...lane, lane: 0, depthCount: 1 }] },
];

function steps(durations: readonly number[], rank = 0): TimelineStep[] {
  let startNs = 0;
  return durations.map((durationNs, step) => {
    startNs += durationNs;
    return { rank, step, startNs: startNs - durationNs, durationNs, isWarmup: step === 0 };
  });
}

describe('tracks', () => {
  it('puts the lanes of open ranks below them, none over another', () => {
    const { tracks, height } = layOutTracks(ranks, new Set([0]));
    assert.deepEqual(
      tracks.map(({ rank, lane }) => [rank, lane]),
      [
        [0, RANK_TRACK],
        [0, 0],
        [3, RANK_TRACK],
      ],
    );
    tracks.slice(1).forEach((track, i) => {
      assert.ok(track.top >= tracks[i].top + tracks[i].height);
    });
    assert.ok(height >= tracks.at(-1)!.top + tracks.at(-1)!.height);
  });

  it('finds the track at a height and those between two', () => {
    const list = layOutTracks(ranks, new Set());
    const [first, second] = list.tracks;
    assert.equal(trackAt(list, first.top + 1), first);
    assert.equal(trackAt(list, first.top + first.height), undefined);
    assert.deepEqual(tracksBetween(list, second.top, 1e6), [second]);
  });
});

describe('the window on the canvas', () => {
  const analysis = tellRun([
    {
      lanes: [
        {
          name: 'main',
          kind: 'thread',
          spans: [
            { name: 'step', start: 0, duration: 1000 },
            { name: 'next', start: 0, duration: 400, phase: 'data' },
            { name: 'forward', start: 500, duration: 300, phase: 'forward' },
          ],
        },
      ],
      hostPhases: [
        { start: 0, end: 400, phase: 'data' },
        { start: 500, end: 800, phase: 'forward' },
      ],
    },
  ]);
  const { tracks } = layOutTracks([ranks[0]], new Set([0]));
  const range = { startNs: 0, endNs: 1000 };
  const request = {
    ...range,
    widthPx: 500,
    rows: [
      { rank: 0, lane: RANK_TRACK },
      { rank: 0, lane: 0 },
    ],
  };
  const data: WindowData = { request, ...readWindow(analysis, request) };
  const boxes = layOutWindow(data, tracks, { range, width: 500, height: 300, scrollTop: 0 });
  const nameAt = (i: number) => data.names[data.rectangles.name[i]];

  it('maps times to pixels of the range in view', () => {
    const at = boxes.index.findIndex(
      (i) => nameAt(i) === 'forward' && data.rectangles.row[i] === 1,
    );
    const [x, , width] = boxes.bounds.subarray(at * 4);
    assert.deepEqual([x, width], [250, 150]);
  });

  it('leaves out what is scrolled or panned away', () => {
    const away = { range, width: 500, height: 20, scrollTop: 5000 };
    assert.equal(layOutWindow(data, tracks, away).length, 0);
    const later = { range: { startNs: 900, endNs: 1000 }, width: 500, height: 300, scrollTop: 0 };
    assert.deepEqual([...layOutWindow(data, tracks, later).index].map(nameAt), ['step']);
  });

  it('hits what is under the point and nothing beside it', () => {
    const y = tracks[1].top + tracks[1].levelHeight + 5;
    assert.equal(nameAt(hitTest(boxes, 260, y)), 'forward');
    assert.equal(nameAt(hitTest(boxes, 249, y)), 'forward', 'just beside a thin one still hits');
    assert.equal(hitTest(boxes, 225, y), -1);
    assert.equal(hitTest(boxes, 260, y + 500), -1);
  });

  it('walks sideways and up and down', () => {
    const next = findSelected(data, { kind: 'span', rank: 0, index: 1 });
    assert.equal(nameAt(neighbourOf(data, next, 1)), 'forward');
    assert.equal(neighbourOf(data, next, -1), next);
    const below = verticalNeighbourOf(data, next, 1);
    assert.equal(nameAt(below), 'step');
    assert.equal(nameAt(verticalNeighbourOf(data, below, 1)), 'forward', 'the nearest in time');
  });

  it('recognises the evidence of a finding, but not in something much longer', () => {
    const evidence = { rank: 0, lane: 'main', name: 'next', startNs: 0, durationNs: 390, step: 0 };
    assert.equal(nameAt(findEvidence(data, evidence)), 'next');
    const other = { ...evidence, name: 'x', startNs: 900, durationNs: 10 };
    assert.equal(findEvidence(data, other), -1);
  });
});

describe('the range in view', () => {
  const whole = { startNs: 100, endNs: 1100 };

  it('stays within the run and keeps its length there', () => {
    assert.deepEqual(clampRange({ startNs: -50, endNs: 150 }, whole), { startNs: 100, endNs: 300 });
    assert.deepEqual(clampRange({ startNs: 1000, endNs: 1300 }, whole), {
      startNs: 800,
      endNs: 1100,
    });
    assert.deepEqual(clampRange({ startNs: -1e9, endNs: 1e9 }, whole), whole);
    assert.deepEqual(clampRange({ startNs: 500, endNs: 500 }, whole), { startNs: 400, endNs: 600 });
    const short = { startNs: 0, endNs: 50 };
    assert.deepEqual(clampRange({ startNs: 20, endNs: 30 }, short), short);
  });

  it('zooms around a moment, pans by a share, frames with a margin', () => {
    assert.deepEqual(zoomRange({ startNs: 0, endNs: 100 }, 0.5, 25), {
      startNs: 12.5,
      endNs: 62.5,
    });
    assert.deepEqual(panRange({ startNs: 0, endNs: 100 }, -0.2), { startNs: -20, endNs: 80 });
    assert.deepEqual(frameInterval(100, 40, 0.25), { startNs: 90, endNs: 150 });
  });

  it('answers the keys that move, and no others', () => {
    const range = { startNs: 400, endNs: 800 };
    assert.deepEqual(rangeAfterKey('0', range, whole), whole);
    assert.ok(rangeAfterKey('w', range, whole)!.startNs > 400);
    assert.ok(rangeAfterKey('ArrowRight', range, whole)!.startNs > 400);
    assert.equal(rangeAfterKey('x', range, whole), null);
  });
});

describe('the ruler', () => {
  it('labels steps where they have room, with the time since the first in view', () => {
    const marks = layOutSteps(steps([100, 100, 100]), { startNs: 100, endNs: 300 }, 600);
    assert.deepEqual(
      marks.map(({ x, label }) => [x, label.replaceAll('\u202f', '_')]),
      [
        [0, 'step 1'],
        [300, 'step 2  +100_ns'],
      ],
    );
    const cut = layOutSteps(steps([100, 100, 100]), { startNs: 95, endNs: 300 }, 600);
    assert.deepEqual(
      cut.map(({ label }) => label.split('  ')[0]),
      ['', 'step 1', 'step 2'],
    );
    const dense = layOutSteps(steps(Array(100).fill(1)), { startNs: 0, endNs: 100 }, 300);
    assert.equal(dense.length, 100);
    assert.ok(dense.filter(({ label }) => label !== '').length <= 5);
  });
});

describe('the place among all steps', () => {
  it('has a bar a step, the longest as high as the picture, the own one marked', () => {
    const bars = layOutPlaceBars([10, 20, 5], 1, 120, 40);
    assert.deepEqual(
      bars.map(({ height, isSelected }) => [height, isSelected]),
      [
        [20, false],
        [40, true],
        [10, false],
      ],
    );
  });

  it('joins steps where they do not fit, without losing the peak', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 500 ? 100 : 1));
    const bars = layOutPlaceBars(values, 500, 100, 40);
    assert.ok(bars.length <= 50);
    assert.equal(bars.filter(({ height }) => height === 40).length, 1);
  });
});
