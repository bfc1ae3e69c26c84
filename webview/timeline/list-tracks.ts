import type { PageContext } from '../page-context.ts';
import { fewRanks } from './few-ranks.ts';
import type { TrackPlan } from './plan-tracks.ts';
import { parseTrackFilter } from './track-filter.ts';
import { layOutTracks, type TrackList } from './tracks.ts';

/** Share of the window's height that the tracks may take before they scroll, and of that what may be stuck. */
const MAX_HEIGHT_SHARE = 0.62;
const MAX_STUCK_SHARE = 0.6;
const MIN_HEIGHT_PX = 220;

export function maxTracksHeight(): number {
  return Math.max(MIN_HEIGHT_PX, window.innerHeight * MAX_HEIGHT_SHARE);
}

export function currentPlan({ store, run }: PageContext): TrackPlan {
  return {
    choices: store.tracks.get(),
    filter: parseTrackFilter(store.trackFilter.get()),
    few: fewRanks(run),
  };
}

/** The tracks as the user has arranged them. */
export function listTracks(context: PageContext): TrackList {
  const { store, run } = context;
  const maxStuck = maxTracksHeight() * MAX_STUCK_SHARE;
  return layOutTracks(run.overview.ranks, store.openRanks.get(), currentPlan(context), maxStuck);
}
