import { DisposableStore, type Disposable } from '../../src/base/lifetime.ts';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { PageContext } from '../page-context.ts';
import { scrollTracksTo } from './gutter.ts';
import { findEvidence } from './hit-test.ts';
import { ensureTrack } from './reveal-track.ts';
import type { TrackCanvas } from './track-canvas.ts';
import { rankTrackOf } from './tracks.ts';

/** Once the evidence of a finding has arrived in the window, selects the first of it. */
export function watchEvidence(
  context: PageContext,
  canvas: TrackCanvas,
  scroller: HTMLElement,
): Disposable {
  const { store } = context;
  const owned = new DisposableStore();
  let isWanted = false;
  const trySelect = () => {
    const first = store.evidence.get().at(0);
    const data = canvas.feed.window.get();
    if (!isWanted || first === undefined || data === null) {
      return;
    }
    const found = canvas.facts(findEvidence(data, first));
    if (found !== null) {
      isWanted = false;
      store.selection.set(found.selection);
    }
  };
  owned.add(canvas.feed.window.subscribe(trySelect));
  owned.add(
    store.evidence.subscribe((evidence) => {
      const first = evidence.at(0);
      isWanted = first !== undefined;
      if (first === undefined) {
        return;
      }
      ensureTrack(context, canvas, { rank: first.rank, lane: RANK_TRACK });
      const track = rankTrackOf(canvas.list, first.rank);
      if (track !== undefined) {
        scrollTracksTo(scroller, canvas.list.stuckHeight, track);
        trySelect();
      }
    }),
  );
  return owned;
}
