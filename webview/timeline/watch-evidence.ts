import { DisposableStore, type Disposable } from '../../src/base/lifetime.ts';
import type { PageContext } from '../page-context.ts';
import { findEvidence } from './hit-test.ts';
import type { TrackCanvas } from './track-canvas.ts';

/** Once the evidence of a finding has arrived in the window, selects the first of it. */
export function watchEvidence(
  { store }: PageContext,
  canvas: TrackCanvas,
  scroller: HTMLElement,
): Disposable {
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
      const track = canvas.list.tracks.find(({ rank }) => rank === first?.rank);
      if (track !== undefined) {
        const isVisible =
          track.top >= scroller.scrollTop &&
          track.top + track.height <= scroller.scrollTop + scroller.clientHeight;
        scroller.scrollTop = isVisible ? scroller.scrollTop : track.top - 8;
        trySelect();
      }
    }),
  );
  return owned;
}
