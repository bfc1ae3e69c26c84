import { DisposableStore, type Disposable } from '../../src/base/lifetime.ts';
import { RANK_TRACK, type SelectionDetails } from '../../src/core/model/timeline.ts';
import type { PageContext } from '../page-context.ts';
import type { TrackCanvas } from './track-canvas.ts';
import { isSameTrack, type Track } from './tracks.ts';

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
  const showSelected = () => {
    const details = store.details.get();
    const track = details === null ? undefined : trackOf(context, canvas, details);
    if (track !== undefined) {
      scrollPageTo(scroller, track);
    }
  };
  owned.add(store.details.subscribe(() => frames.request(showSelected)));
  owned.add({ dispose: () => frames.forget(showSelected) });
  owned.add(
    store.wantedTrack.subscribe((wanted) => {
      const track =
        wanted === null
          ? undefined
          : canvas.list.tracks.find((other) => isSameTrack(other, wanted));
      if (track !== undefined) {
        scrollTracksTo(scroller, track);
      }
    }),
  );
  owned.add(
    store.wantedRank.subscribe((wanted) => {
      const track = canvas.list.tracks.find(({ rank }) => rank === wanted?.rank);
      if (track !== undefined) {
        scroller.scrollTop = track.top - MARGIN_PX;
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
  const own = list.tracks.filter(({ rank }) => rank === selection.rank);
  const lanes = run.overview.ranks.find(({ rank }) => rank === selection.rank)?.lanes ?? [];
  const index = lanes.find(({ name }) => name === lane)?.lane;
  const isSpan = selection.kind === 'span';
  return (
    (isSpan ? own.find((track) => track.lane === index) : undefined) ??
    own.find((track) => track.lane === RANK_TRACK)
  );
}

function scrollTracksTo(scroller: HTMLElement, track: Track): void {
  const isSeen =
    track.top >= scroller.scrollTop &&
    track.top + track.height <= scroller.scrollTop + scroller.clientHeight;
  if (!isSeen) {
    scroller.scrollTop = track.top - MARGIN_PX;
  }
}

function scrollPageTo(scroller: HTMLElement, track: Track): void {
  const top = scroller.getBoundingClientRect().top + track.top - scroller.scrollTop;
  const bottom = top + track.height;
  const panel = document.querySelector('.details:not([hidden])');
  const floor = panel?.getBoundingClientRect().top ?? window.innerHeight;
  const isBelow = bottom + MARGIN_PX > floor && top > MARGIN_PX;
  const needed = isBelow ? Math.min(bottom + MARGIN_PX - floor, top - MARGIN_PX) : top - MARGIN_PX;
  if (isBelow || top < MARGIN_PX) {
    window.scrollBy({ top: needed, behavior: 'instant' });
  }
}
