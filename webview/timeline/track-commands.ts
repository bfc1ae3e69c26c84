import { RANK_TRACK, type TimelineRank } from '../../src/core/model/timeline.ts';
import type { PageContext } from '../page-context.ts';
import type { Store } from '../store.ts';
import { rowsOf } from './plan-tracks.ts';
import {
  hasTrack,
  hideTrack,
  inOrder,
  keepLaneOrder,
  keepRankOrder,
  moved,
  reorder,
  toggleFolded,
  togglePinned,
  type TrackChoices,
} from './track-choices.ts';
import { isSameTrack, type TrackKey } from './track-key.ts';
import type { Track, TrackList } from './tracks.ts';

export function toggleRank(store: Store, rank: number): void {
  const open = new Set(store.openRanks.get());
  if (!open.delete(rank)) {
    open.add(rank);
  }
  store.openRanks.set(open);
}

/** Keeps a track at the top, or lets it go back to its place. */
export function pin({ store }: PageContext, track: Track): void {
  const isPinned = hasTrack(store.tracks.get().pinned, track);
  store.tracks.set(togglePinned(store.tracks.get(), track));
  tell(store, isPinned ? `${track.label} is back in its place` : `${track.label} stays at the top`);
}

export function fold({ store }: PageContext, track: Track): void {
  const isFolded = hasTrack(store.tracks.get().folded, track);
  store.tracks.set(toggleFolded(store.tracks.get(), track));
  tell(store, isFolded ? `${track.label} is shown whole` : `${track.label} is folded`);
}

export function hide({ store }: PageContext, track: Track): void {
  store.tracks.set(hideTrack(store.tracks.get(), track));
  tell(store, `${track.label} is hidden. Alt and left arrow bring it back.`);
}

/** The tracks among which one can be moved, in the order shown: pinned ones, ranks, or lanes of a rank. */
export function siblingsOf(
  { tracks }: TrackList,
  choices: TrackChoices,
  track: TrackKey,
): readonly Track[] {
  const isPinned = hasTrack(choices.pinned, track);
  return tracks.filter((other) => {
    if (hasTrack(choices.pinned, other)) {
      return isPinned;
    }
    const isSameKind =
      track.lane === RANK_TRACK
        ? other.lane === RANK_TRACK
        : other.lane !== RANK_TRACK && other.rank === track.rank;
    return !isPinned && isSameKind;
  });
}

/** Puts a track at a place among its siblings. */
export function place(
  { store, run }: PageContext,
  siblings: readonly Track[],
  from: number,
  to: number,
): void {
  const track = siblings.at(from);
  if (track === undefined || to < 0 || to >= siblings.length || from === to) {
    return;
  }
  const choices = store.tracks.get();
  store.tracks.set(arranged(choices, run.overview.ranks, track, moved(siblings, from, to)));
  tell(store, `${track.label} is number ${to + 1} of ${siblings.length}`);
}

export function moveBy(context: PageContext, list: TrackList, track: TrackKey, by: 1 | -1): void {
  const siblings = siblingsOf(list, context.store.tracks.get(), track);
  const from = siblings.findIndex((other) => isSameTrack(other, track));
  place(context, siblings, from, from + by);
}

/** The choices with these siblings in this order. */
export function arranged(
  choices: TrackChoices,
  ranks: readonly TimelineRank[],
  track: TrackKey,
  siblings: readonly TrackKey[],
): TrackChoices {
  if (hasTrack(choices.pinned, track)) {
    const keys = siblings.map(({ rank, lane }) => ({ rank, lane }));
    const others = choices.pinned.filter((key) => !hasTrack(keys, key));
    return { ...choices, pinned: [...keys, ...others] };
  }
  if (track.lane === RANK_TRACK) {
    const all = inOrder(ranks, choices.rankOrder, ({ rank }) => rank).map(({ rank }) => rank);
    return keepRankOrder(
      choices,
      reorder(
        all,
        siblings.map(({ rank }) => rank),
      ),
    );
  }
  const own = ranks.find(({ rank }) => rank === track.rank);
  const order = choices.laneOrder.filter(({ rank }) => rank === track.rank);
  const lanes = inOrder(
    (own === undefined ? [] : rowsOf(own)).map(({ lane }) => lane),
    order.map(({ lane }) => lane),
    (lane) => lane,
  );
  return keepLaneOrder(
    choices,
    track.rank,
    reorder(
      lanes,
      siblings.map(({ lane }) => lane),
    ),
  );
}

function tell(store: Store, text: string): void {
  store.announcement.set(text);
}
