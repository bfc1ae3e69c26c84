import assert from 'node:assert/strict';
import { describeSelection } from '../../../src/core/timeline/describe-selection.ts';
import { findInArea } from '../../../src/core/timeline/find-in-area.ts';
import { listSteps } from '../../../src/core/timeline/list-steps.ts';
import { readWindow } from '../../../src/core/timeline/read-window.ts';
import { packSteps } from '../../../src/protocol/step-columns.ts';
import { describeAlignment } from '../../../webview/timeline/align-bar.ts';
import {
  alignOn,
  anchorsOfCollective,
  anchorsOfStep,
  asShown,
  shiftsOf,
  toRows,
} from '../../../webview/timeline/alignment.ts';
import { areaBetween } from '../../../webview/timeline/area.ts';
import { layOutFlows } from '../../../webview/timeline/flows.ts';
import { findEvidence, findSelected, hitTest } from '../../../webview/timeline/hit-test.ts';
import { layOutWindow } from '../../../webview/timeline/layout.ts';
import { layOutMatches } from '../../../webview/timeline/matches.ts';
import {
  alignAnew,
  restoreAlignment,
  saveAlignment,
  savedAlignmentSchema,
} from '../../../webview/timeline/saved-alignment.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';
import { covers } from '../../../webview/timeline/window-coverage.ts';
import { rectangleFacts } from '../../../webview/timeline/window-data.ts';
import { readSteps } from '../../../webview/read-steps.ts';
import { tellRun } from '../../support/story-runs.ts';

/** Rank i is late by `late[i]`; its clock is off by 1000 times its number. Step 1 begins 500 into a rank. */
const late = [0, 70, 30];
const analysis = tellRun(
  late.map((ns, rank) => ({
    offsetNs: rank * 1000,
    lanes: [
      {
        name: 'stream 7',
        kind: 'stream' as const,
        spans: [
          { name: 'gemm', start: 510 + ns - rank * 1000, duration: 50 },
          { name: 'nccl', start: 700 + ns - rank * 1000, duration: 200 - ns },
        ],
      },
    ],
    steps: [0, 1].map((step) => ({
      start: step * 500 + ns - rank * 1000,
      end: step * 500 + 499 + ns - rank * 1000,
    })),
  })),
  null,
  ['nccl'],
);
const steps = readSteps(packSteps(listSteps(analysis)));
const lane = { lane: 0, name: 'stream 7', kind: 'stream' as const, depthCount: 1, spanCount: 2 };
const ranks = late.map((_, rank) => ({
  rank,
  deviceName: null,
  lanes: [{ ...lane, isMain: false }],
}));
const list = layOutTracks(ranks, new Set([0, 1, 2]));
const lanes = list.tracks.filter((track) => track.lane === 0);
const range = { startNs: 0, endNs: 1000 };
const viewport = { range, width: 1000, height: 400, scrollTop: 0 };

const onStep = alignOn(anchorsOfStep(steps, 1), 0, 'begin')!;
const shiftOf = shiftsOf(onStep);
const request = { ...range, widthPx: 1000, rows: toRows(lanes, shiftOf) };
const data = { request, ...readWindow(analysis, request) };
const boxes = layOutWindow(data, list.tracks, viewport);

describe('ranks aligned on a step', () => {
  it('are shown earlier by as much as they came later to it', () => {
    assert.deepEqual(
      [0, 1, 2].map((rank) => shiftOf(rank)),
      late,
    );
    assert.equal(onStep.anchorNs, 500);
    assert.deepEqual(
      lanes.map((_, row) => boxes.bounds[boxes.index.indexOf(row * 2) * 4]),
      [510, 510, 510],
      'the first kernel of the step, one below the other',
    );
    const shown = { startNs: 500, endNs: 999 };
    for (const { rank, startNs, durationNs } of steps.filter(({ step }) => step === 1)) {
      assert.deepEqual(asShown({ startNs, endNs: startNs + durationNs }, shiftOf(rank)), shown);
    }
  });

  it('hit, find and recognise the spans that they show', () => {
    const y = lanes[1].top + 5;
    const facts = rectangleFacts(data, hitTest(boxes, 520, y));
    assert.deepEqual([facts.name, facts.rank, facts.shiftNs], ['gemm', 1, 70]);
    assert.equal(findSelected(data, facts.selection!), hitTest(boxes, 520, y));
    const evidence = { rank: 1, lane: '', name: 'gemm', startNs: 580, durationNs: 50, step: 1 };
    assert.equal(findEvidence(data, evidence), hitTest(boxes, 520, y));
  });

  it('ask for another window than those that are not', () => {
    const plain = { ...request, rows: toRows(lanes, () => 0) };
    assert.ok(covers(request, request));
    assert.ok(!covers(plain, request));
    assert.ok(!covers(request, plain));
  });

  it('have the spans in an area that are seen there', () => {
    const view = { range, width: 1000, scrollTop: 0, shiftOf };
    const area = areaBetween({ x: 505, y: 0 }, { x: 565, y: 400 }, list, view)!;
    const { spans } = findInArea(analysis, { ...area, by: 'name' }, 'gemm');
    assert.deepEqual([...spans.start], [510, 540, 580]);
    const before = areaBetween({ x: 565, y: 0 }, { x: 695, y: 400 }, list, view)!;
    assert.equal(findInArea(analysis, { ...before, by: 'name' }, 'gemm').total, 0);
  });

  it('light the matches of a search where they are shown', () => {
    const area = { startNs: 0, endNs: 1000, rows: toRows(lanes, () => 0), by: 'name' as const };
    const { byRank, ...found } = findInArea(analysis, area, 'gemm');
    const matches = { query: '', ...found, rankCount: byRank.length, current: -1, problem: '' };
    const lit = layOutMatches(matches, list, { range, width: 1000, shiftOf });
    assert.deepEqual(
      lit.map(({ x, track }) => [x, track.rank]),
      [
        [510, 0],
        [510, 2],
        [510, 1],
      ],
    );
  });

  it('keep the arrows of a collective on its boxes', () => {
    const details = describeSelection(analysis, { kind: 'span', rank: 0, index: 1 })!;
    const arrows = layOutFlows({ data, boxes, list, viewport, shiftOf }, details);
    assert.deepEqual(
      arrows.map(({ from, to }) => [from[0], to[0]]),
      [
        [700, 700],
        [700, 700],
      ],
      'the begins, which are shown at the same moment',
    );
  });
});

describe('an alignment', () => {
  it('comes back as it was kept', () => {
    const saved: unknown = JSON.parse(JSON.stringify(saveAlignment(onStep)));
    assert.deepEqual(restoreAlignment(savedAlignmentSchema.parse(saved)), onStep);
    assert.equal(restoreAlignment(saveAlignment(null)), null);
  });

  it('stays on its step where the run is analyzed anew, and leaves a collective', () => {
    const later = steps.map((step) => ({ ...step, startNs: step.startNs + step.rank * 5 }));
    const anew = alignAnew(onStep, later)!;
    assert.deepEqual(
      [0, 1, 2].map(shiftsOf(anew)),
      late.map((ns, rank) => ns + rank * 5),
    );
    const { collective } = describeSelection(analysis, { kind: 'span', rank: 0, index: 1 })!;
    const onCollective = alignOn(anchorsOfCollective(collective!), 0, 'begin');
    assert.equal(alignAnew(onCollective, later), null);
  });

  it('is on either end of a collective, with any rank as the reference', () => {
    const { collective } = describeSelection(analysis, { kind: 'span', rank: 2, index: 1 })!;
    const anchors = anchorsOfCollective(collective!);
    const begin = alignOn(anchors, 2, 'begin')!;
    assert.deepEqual([begin.anchorNs, ...[0, 1, 2].map(shiftsOf(begin))], [730, -30, 40, 0]);
    const end = alignOn(anchors, 2, 'end')!;
    assert.deepEqual([end.anchorNs, ...[0, 1, 2].map(shiftsOf(end))], [900, 0, 0, 0]);
  });

  it('leaves ranks that have no anchor where they were, and says so', () => {
    const some = steps.filter(({ rank, step }) => rank !== 2 || step !== 1);
    const alignment = alignOn(anchorsOfStep(some, 1), 0, 'begin')!;
    assert.equal(shiftsOf(alignment)(2), 0);
    assert.equal(
      describeAlignment(alignment, 3),
      'Aligned on the begin of step 1, as on rank 0; 1 rank without it stays unmoved. Times count from there.',
    );
  });

  it('is none where fewer than two ranks have the anchor, or the reference has not', () => {
    assert.equal(alignOn(anchorsOfStep(steps, 7), 0, 'begin'), null);
    assert.equal(
      alignOn(
        anchorsOfStep(
          steps.filter(({ rank }) => rank === 0),
          1,
        ),
        0,
        'begin',
      ),
      null,
    );
    assert.equal(
      alignOn(
        anchorsOfStep(
          steps.filter(({ rank }) => rank > 0),
          1,
        ),
        0,
        'begin',
      ),
      null,
    );
  });
});
