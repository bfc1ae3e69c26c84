import { DisposableStore, type Disposable } from '../../src/base/lifetime.ts';
import { RANK_TRACK, type SelectionDetails } from '../../src/core/model/timeline.ts';
import type { PageContext } from '../page-context.ts';
import { scrollTracksTo } from './gutter.ts';
import { ensureTrack } from './reveal-track.ts';
import { findAgain } from './find-again.ts';
import type { TrackCanvas } from './track-canvas.ts';
import { findTrack, rankTrackOf, type Track } from './tracks.ts';

const MARGIN_PX = 8;

/**
 * Scrolls to a rank that is asked for, and to the track of the selection where the details panel,
 * which stays at the bottom of the window, would cover it.
 */
export function keepInSight(
  context: PageContext,
  canvas: TrackCanvas,
  scroller: HTMLElement,
): Disposable {
  const { store, frames } = context;
  const owned = new DisposableStore();
  owned.add(findAgain(context, canvas));
  const showSelected = () => {
    const details = store.details.get();
    if (details !== null && store.lost.get() !== null) {
      // It was there before, wherever the reader has scrolled since.
      store.lost.set(null);
      return;
    }
    const track = details === null ? undefined : trackOf(context, canvas, details);
    if (track !== undefined) {
      scrollPageTo(scroller, track);
    }
  };
  owned.add(store.details.subscribe(() => frames.request(showSelected)));
  owned.add({ dispose: () => frames.forget(showSelected) });
  owned.add(
    store.selection.subscribe((selection) => {
      if (selection !== null) {
        ensureTrack(context, canvas, { rank: selection.rank, lane: RANK_TRACK });
      }
    }),
  );
  owned.add(
    store.wantedTrack.subscribe((wanted) => {
      if (wanted === null) {
        return;
      }
      ensureTrack(context, canvas, wanted);
      const track = findTrack(canvas.list, wanted);
      if (track !== undefined) {
        scrollTracksTo(scroller, canvas.list.stuckHeight, track);
      }
    }),
  );
  owned.add(
    store.wantedRank.subscribe((wanted) => {
      if (wanted === null) {
        return;
      }
      ensureTrack(context, canvas, { rank: wanted.rank, lane: RANK_TRACK });
      const track = rankTrackOf(canvas.list, wanted.rank);
      if (track !== undefined) {
        if (!track.isStuck) {
          scroller.scrollTop = track.top - canvas.list.stuckHeight - MARGIN_PX;
        }
        scrollPageTo(scroller, track);
        store.announcement.set(`Showing rank ${track.rank}`);
      }
    }),
  );
  return owned;
}

/** The lane of a span where its rank is open, else the summary of the rank. */
function trackOf(
  { run }: PageContext,
  { list }: TrackCanvas,
  { selection, lane }: SelectionDetails,
): Track | undefined {
  const { rank } = selection;
  const lanes = run.overview.ranks.find((other) => other.rank === rank)?.lanes ?? [];
  const index = lanes.find(({ name }) => name === lane)?.lane;
  const isSpan = selection.kind === 'span';
  return (
    (isSpan && index !== undefined ? findTrack(list, { rank, lane: index }) : undefined) ??
    rankTrackOf(list, rank)
  );
}

function scrollPageTo(scroller: HTMLElement, track: Track): void {
  const scrolled = track.isStuck ? 0 : scroller.scrollTop;
  const top = scroller.getBoundingClientRect().top + track.top - scrolled;
  const bottom = top + track.height;
  const panel = document.querySelector('.details:not([hidden])');
  const floor = panel?.getBoundingClientRect().top ?? window.innerHeight;
  const isBelow = bottom + MARGIN_PX > floor && top > MARGIN_PX;
  const needed = isBelow ? Math.min(bottom + MARGIN_PX - floor, top - MARGIN_PX) : top - MARGIN_PX;
  if (isBelow || top < MARGIN_PX) {
    window.scrollBy({ top: needed, behavior: 'instant' });
  }
}
