import assert from 'node:assert/strict';
import { layOutMatches, type Matches, stepMatch } from '../../../webview/timeline/matches.ts';
import { describeMatches } from '../../../webview/timeline/search-bar.ts';
import { hideTrack, NO_CHOICES } from '../../../webview/timeline/track-choices.ts';
import { layOutTracks } from '../../../webview/timeline/tracks.ts';
import { ViewHistory } from '../../../webview/timeline/view-history.ts';

function found(starts: readonly number[], duration: number, current = -1): Matches {
  const { length } = starts;
  return {
    query: 'x',
    total: length,
    totalNs: length * duration,
    rankCount: 1,
    problem: '',
    current,
    spans: {
      length,
      start: Float64Array.from(starts),
      duration: new Float64Array(length).fill(duration),
      rank: new Int32Array(length),
      span: Uint32Array.from(starts, (_, i) => i),
      lane: new Uint32Array(length),
      depth: new Uint16Array(length).fill(1),
    },
  };
}

const lane = {
  lane: 0,
  name: 'main',
  kind: 'thread',
  depthCount: 2,
  spanCount: 9,
  isMain: true,
} as const;
const ranks = [{ rank: 0, deviceName: null, lanes: [lane] }];

describe('the matches of a search', () => {
  const range = { startNs: 150, endNs: 300 };
  const view = { range, width: 150, shiftOf: () => 0 };

  it('are walked from the view on, and around', () => {
    const matches = found([100, 200, 400], 10);
    assert.equal(stepMatch(matches, 1, range), 1);
    assert.equal(stepMatch(matches, -1, range), 0);
    assert.equal(stepMatch({ ...matches, current: 2 }, 1, range), 0);
    assert.equal(stepMatch({ ...matches, current: 0 }, -1, range), 2);
    assert.equal(stepMatch(found([], 0), 1, range), -1);
  });

  it('are lit on their lane where it is open, else on their rank, each pixel once', () => {
    const matches = found([140, 160, 200, 400], 30, 2);
    const open = layOutTracks(ranks, new Set([0]));
    const boxes = layOutMatches(matches, open, view);
    assert.deepEqual(
      boxes.map(({ x, width, isCurrent }) => [x, width, isCurrent]),
      [
        [-10, 30, false],
        [10, 30, false],
        [50, 30, true],
      ],
    );
    assert.equal(boxes[0].y, open.tracks[1].top + open.tracks[1].levelHeight);
    const closed = layOutTracks(ranks, new Set());
    assert.equal(layOutMatches(matches, closed, view)[0].y, closed.tracks[0].top);
    const many = found(
      Array.from({ length: 1000 }, (_, i) => 150 + i / 10),
      0.05,
    );
    assert.ok(layOutMatches(many, open, view).length <= 100);
  });

  it('are counted in words', () => {
    const words = (matches: Matches) => describeMatches(matches).replaceAll('\u202f', ' ');
    assert.equal(words(found([1], 3e6)), '1 span');
    assert.equal(words(found([1, 2], 3e6)), '2 spans, 6 ms in all');
    assert.equal(words(found([1, 2], 3e6, 1)), '2 of 2 spans, 6 ms in all');
    assert.match(words(found([], 1)), /^No span matches/);
    assert.equal(
      words({ ...found([1, 2], 1), total: 1204, totalNs: 312e6, rankCount: 8 }),
      '1 204 spans on 8 ranks, 312 ms in all, the 2 longest lit',
    );
    assert.equal(describeMatches({ ...found([], 1), problem: 'Say more.' }), 'Say more.');
  });
});

describe('the views that were looked at', () => {
  const view = (startNs: number, tracks = NO_CHOICES) => ({
    range: { startNs, endNs: startNs + 10 },
    tracks,
  });

  it('are gone back and forth between, and a new one forgets what was undone', () => {
    const history = new ViewHistory();
    [1, 2, 2, 3].forEach((at) => history.visit(view(at)));
    assert.deepEqual(history.step(-1), view(2));
    history.visit(view(2));
    assert.deepEqual(history.step(-1), view(1));
    assert.equal(history.step(-1), null);
    assert.deepEqual(history.step(1), view(2));
    history.visit(view(9));
    assert.equal(history.step(1), null);
    assert.deepEqual(history.step(-1), view(2));
  });

  it('differ in their tracks, too', () => {
    const history = new ViewHistory();
    const hidden = hideTrack(NO_CHOICES, { rank: 1, lane: -1 });
    history.visit(view(1));
    history.visit(view(1, hidden));
    assert.equal(history.step(-1)?.tracks, NO_CHOICES);
    assert.equal(history.step(1)?.tracks, hidden);
  });
});
