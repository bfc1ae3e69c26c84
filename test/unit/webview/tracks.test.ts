import assert from 'node:assert/strict';
import { RANK_TRACK, type TimelineRank } from '../../../src/core/model/timeline.ts';
import { parseSavedView } from '../../../webview/saved-view.ts';
import { placeAt } from '../../../webview/timeline/label-drag.ts';
import { countTracks, type TrackPlan } from '../../../webview/timeline/plan-tracks.ts';
import {
  hideTrack,
  NO_CHOICES,
  revealTrack,
  showHidden,
  toggleFolded,
  togglePinned,
  type TrackChoices,
} from '../../../webview/timeline/track-choices.ts';
import { arranged, siblingsOf } from '../../../webview/timeline/track-commands.ts';
import { parseTrackFilter } from '../../../webview/timeline/track-filter.ts';
import {
  boxInSight,
  findTrack,
  layOutTracks,
  type Track,
  tracksInSight,
} from '../../../webview/timeline/tracks.ts';

const RANK_NUMBERS = [0, 1, 2, 3, 30];
const ranks: readonly TimelineRank[] = RANK_NUMBERS.map((rank) => ({
  rank,
  deviceName: 'NVIDIA H100',
  lanes: [
    { lane: 4, name: 'python', kind: 'thread', depthCount: 5, spanCount: 9, isMain: true },
    { lane: 0, name: 'stream 7', kind: 'stream', depthCount: 1, spanCount: 9, isMain: false },
    { lane: 1, name: 'stream 20', kind: 'stream', depthCount: 1, spanCount: 9, isMain: false },
  ],
}));

function lay(options: Partial<TrackPlan> & { open?: readonly number[]; maxStuck?: number } = {}) {
  const { open = [], maxStuck = 1_000, ...plan } = options;
  return layOutTracks(
    ranks,
    new Set(open),
    { choices: NO_CHOICES, filter: null, few: null, ...plan },
    maxStuck,
  );
}

const keys = (tracks: readonly Track[]) => tracks.map(({ rank, lane }) => `${rank}/${lane}`);
const rankKey = (rank: number) => ({ rank, lane: RANK_TRACK });
const filtered = (text: string, open: readonly number[] = []) =>
  keys(lay({ filter: parseTrackFilter(text), open }).tracks);

describe('tracks as the user arranges them', () => {
  it('are pinned to the top, a rank with its open lanes and a lane by itself with the name of its rank', () => {
    const choices = [rankKey(2), { rank: 3, lane: 0 }].reduce(togglePinned, NO_CHOICES);
    const list = lay({ choices, open: [2] });
    assert.deepEqual(keys(list.tracks).slice(0, 6), ['2/-1', '2/4', '2/0', '2/1', '3/0', '0/-1']);
    assert.equal(list.tracks[4].label, 'rank 3 · stream 7');
    assert.deepEqual(
      list.tracks.map(({ isStuck }) => isStuck),
      [true, true, true, true, true, false, false, false, false],
    );
    assert.deepEqual(keys(lay({ choices: togglePinned(choices, rankKey(2)) }).tracks)[0], '3/0');
  });

  it('stick as far as there is room, and the rest of the pinned scrolls', () => {
    const choices = [0, 1, 2].map(rankKey).reduce(togglePinned, NO_CHOICES);
    const list = lay({ choices, maxStuck: 60 });
    const stuck = list.tracks.filter(({ isStuck }) => isStuck);
    assert.deepEqual(keys(stuck), ['0/-1', '1/-1']);
    assert.ok(list.stuckHeight <= 60 && list.stuckHeight >= stuck[1].top + stuck[1].height);
    assert.ok(list.tracks[2].top >= list.stuckHeight);
  });

  it('go under what is stuck when they scroll', () => {
    const list = lay({ choices: togglePinned(NO_CHOICES, rankKey(1)) });
    const [stuck, first] = list.tracks;
    assert.deepEqual(boxInSight(stuck, list.stuckHeight, 500), { y: stuck.top, height: 20 });
    const scrollTop = first.top - list.stuckHeight + 8;
    assert.deepEqual(boxInSight(first, list.stuckHeight, scrollTop), {
      y: list.stuckHeight,
      height: 12,
    });
    assert.equal(boxInSight(first, list.stuckHeight, scrollTop + 12), null);
    const seen = tracksInSight(list, scrollTop + 20, { from: 0, to: list.stuckHeight + 10 });
    assert.deepEqual(keys(seen), ['1/-1', '2/-1']);
    const behind = tracksInSight(list, scrollTop + 20, { from: 0, to: list.stuckHeight });
    assert.deepEqual(keys(behind), ['1/-1']);
  });

  it('are hidden, a rank with its lanes, and come back', () => {
    const choices = [rankKey(1), { rank: 0, lane: 4 }].reduce(hideTrack, NO_CHOICES);
    const shown = keys(lay({ choices, open: [0, 1] }).tracks);
    assert.deepEqual(shown, ['0/-1', '0/0', '0/1', '2/-1', '3/-1', '30/-1']);
    assert.equal(lay({ choices: showHidden(choices), open: [0, 1] }).tracks.length, 11);
    const revealed = revealTrack(choices, { rank: 1, lane: 0 });
    assert.deepEqual(revealed.hidden, [{ rank: 0, lane: 4 }]);
  });

  it('are folded to one level', () => {
    const key = { rank: 0, lane: 4 };
    const whole = findTrack(lay({ open: [0] }), key)!;
    const folded = findTrack(lay({ open: [0], choices: toggleFolded(NO_CHOICES, key) }), key)!;
    assert.deepEqual([whole.levels, whole.height], [5, 5 * whole.levelHeight]);
    assert.deepEqual([folded.levels, folded.height, folded.fullLevels], [1, whole.levelHeight, 5]);
  });

  it('are moved among their like, and what is not shown keeps its place', () => {
    const move = (choices: TrackChoices, open: readonly number[], order: readonly string[]) => {
      const list = lay({ choices, open });
      const tracks = order.map((key) => list.tracks.find((track) => keys([track])[0] === key)!);
      return arranged(choices, ranks, tracks[0], tracks);
    };
    const hidden = hideTrack(NO_CHOICES, rankKey(1));
    const ranked = move(hidden, [], ['30/-1', '0/-1', '2/-1', '3/-1']);
    assert.deepEqual(ranked.rankOrder, [30, 1, 0, 2, 3]);
    const laned = move(ranked, [2], ['2/1', '2/4', '2/0']);
    assert.deepEqual(keys(lay({ choices: laned, open: [2] }).tracks), [
      '30/-1',
      '0/-1',
      '2/-1',
      '2/1',
      '2/4',
      '2/0',
      '3/-1',
    ]);
    const pinned = [rankKey(3), rankKey(2)].reduce(togglePinned, NO_CHOICES);
    assert.deepEqual(
      keys(lay({ choices: move(pinned, [], ['2/-1', '3/-1']) }).tracks).slice(0, 2),
      ['2/-1', '3/-1'],
    );
  });

  it('have as siblings ranks, lanes of the same rank, or the other pinned ones', () => {
    const choices = togglePinned(NO_CHOICES, { rank: 0, lane: 0 });
    const list = lay({ choices, open: [0, 1] });
    assert.deepEqual(keys(siblingsOf(list, choices, rankKey(2))), [
      '0/-1',
      '1/-1',
      '2/-1',
      '3/-1',
      '30/-1',
    ]);
    assert.deepEqual(keys(siblingsOf(list, choices, { rank: 0, lane: 1 })), ['0/4', '0/1']);
    assert.deepEqual(keys(siblingsOf(list, choices, { rank: 0, lane: 0 })), ['0/0']);
  });

  it('are dropped before the one whose middle is below the pointer', () => {
    const { tracks } = lay();
    assert.equal(placeAt(tracks, 0), 0);
    assert.equal(placeAt(tracks, tracks[1].top + 9), 1);
    assert.equal(placeAt(tracks, tracks[1].top + 11), 2);
    assert.equal(placeAt(tracks, 9_999), tracks.length);
  });

  it('are kept with the view, and a view of other content is given up', () => {
    const choices = togglePinned(NO_CHOICES, { rank: 1, lane: 2 });
    const view = { range: null, selection: null, openRanks: [] };
    assert.deepEqual(parseSavedView({ ...view, tracks: choices }).tracks, choices);
    assert.deepEqual(parseSavedView(view).tracks, NO_CHOICES);
    const many = Array.from({ length: 5_000 }, (_, lane) => ({ rank: 0, lane }));
    assert.deepEqual(
      parseSavedView({ ...view, tracks: { ...choices, hidden: many } }).openRanks,
      [],
    );
    const full = { ...NO_CHOICES, hidden: many.slice(0, 4_096) };
    const { hidden } = hideTrack(full, { rank: 0, lane: 9_999 });
    assert.deepEqual([hidden.length, hidden[0].lane, hidden.at(-1)?.lane], [4_096, 1, 9_999]);
  });
});

describe('the filter of tracks', () => {
  it('is nothing where nothing is written', () => {
    assert.equal(parseTrackFilter('  '), null);
    assert.equal(countTracks(ranks), 20);
  });

  it('means a rank by its number, not by a part of it, with its lanes where it is open', () => {
    assert.deepEqual(filtered('rank 3'), ['3/-1']);
    assert.deepEqual(filtered('Rank:3', [3]), ['3/-1', '3/4', '3/0', '3/1']);
    assert.deepEqual(filtered('ranks 0-1, 30'), ['0/-1', '1/-1', '30/-1']);
  });

  it('finds lanes by parts of their names in closed ranks, and shows them below their rank', () => {
    assert.deepEqual(filtered('rank 2 stream'), ['2/-1', '2/0', '2/1']);
    assert.deepEqual(filtered('MAIN').slice(0, 4), ['0/-1', '0/4', '1/-1', '1/4']);
    assert.deepEqual(filtered('stream 20 rank 0-1'), ['0/-1', '0/1', '1/-1', '1/1']);
    assert.deepEqual(filtered('h100').length, 5);
    assert.deepEqual(filtered('nothing of this'), []);
  });

  it('leaves out what is hidden, and pinned ones that it does not mean', () => {
    const hidden = hideTrack(NO_CHOICES, { rank: 2, lane: 0 });
    const choices = [rankKey(0), { rank: 2, lane: 1 }].reduce(togglePinned, hidden);
    const list = lay({ choices, filter: parseTrackFilter('rank 2 stream') });
    assert.deepEqual(keys(list.tracks), ['2/1']);
  });
});

describe('of many ranks', () => {
  const few = new Set([2, 30]);

  it('a few are shown, and those that are open, pinned or were brought into sight', () => {
    assert.deepEqual(keys(lay({ few }).tracks), ['2/-1', '30/-1']);
    assert.deepEqual(keys(lay({ few, open: [3] }).tracks).slice(0, 2), ['2/-1', '3/-1']);
    const choices = revealTrack(togglePinned(NO_CHOICES, rankKey(3)), rankKey(0));
    assert.deepEqual(keys(lay({ few, choices }).tracks), ['3/-1', '0/-1', '2/-1', '30/-1']);
  });

  it('all are shown on demand, and looked at by a filter', () => {
    assert.equal(lay({ few, choices: { ...NO_CHOICES, showsAllRanks: true } }).tracks.length, 5);
    assert.deepEqual(keys(lay({ few, filter: parseTrackFilter('rank 1') }).tracks), ['1/-1']);
  });
});
