import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { MenuItem } from '../base/menu.ts';
import type { PageContext } from '../page-context.ts';
import { hasTrack } from './track-choices.ts';
import { fold, hide, moveBy, pin, siblingsOf, toggleRank } from './track-commands.ts';
import { isSameTrack } from './track-key.ts';
import type { Track, TrackList } from './tracks.ts';

/** What can be done with a track, in words. */
export function menuItems(
  context: PageContext,
  list: TrackList,
  track: Track,
): readonly MenuItem[] {
  const { store } = context;
  const { pinned } = store.tracks.get();
  const siblings = siblingsOf(list, store.tracks.get(), track);
  const at = siblings.findIndex((other) => isSameTrack(other, track));
  const isRank = track.lane === RANK_TRACK;
  const isOpen = store.openRanks.get().has(track.rank);
  const isFolded = track.levels < track.fullLevels || hasTrack(store.tracks.get().folded, track);
  const when = (is: boolean, text: string, run: () => void): readonly MenuItem[] =>
    is ? [{ text, run }] : [];
  return [
    ...when(isRank, isOpen ? 'Close' : 'Open', () => toggleRank(store, track.rank)),
    ...when(true, hasTrack(pinned, track) ? 'Unpin' : 'Pin to the top', () => pin(context, track)),
    ...when(at > 0, 'Move up', () => moveBy(context, list, track, -1)),
    ...when(at < siblings.length - 1, 'Move down', () => moveBy(context, list, track, 1)),
    ...when(
      !isRank && (isFolded || track.fullLevels > 1 || track.kind === 'counter'),
      isFolded ? 'Unfold' : track.kind === 'counter' ? 'Fold to a line' : 'Fold to one level',
      () => fold(context, track),
    ),
    ...when(true, isRank ? 'Hide this rank' : 'Hide', () => hide(context, track)),
  ];
}
