import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { PageContext } from '../page-context.ts';
import { revealTrack } from './track-choices.ts';
import type { TrackKey } from './track-key.ts';
import { findTrack, rankTrackOf, type TrackList } from './tracks.ts';

/**
 * Makes sure that a rank, and where it is open the lane that is asked for, is among the tracks: gives up a
 * filter that leaves it out, and shows it where it was hidden.
 */
export function ensureTrack(
  { store, run }: PageContext,
  canvas: { readonly list: TrackList },
  key: TrackKey,
): void {
  const isListed = () =>
    rankTrackOf(canvas.list, key.rank) !== undefined &&
    (key.lane === RANK_TRACK ||
      !store.openRanks.get().has(key.rank) ||
      findTrack(canvas.list, key) !== undefined);
  if (isListed() || !run.overview.ranks.some(({ rank }) => rank === key.rank)) {
    return;
  }
  if (store.trackFilter.get() !== '') {
    store.trackFilter.set('');
  }
  if (!isListed()) {
    store.tracks.set(revealTrack(store.tracks.get(), key));
  }
}
