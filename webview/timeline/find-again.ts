import type { Disposable } from '../../src/base/lifetime.ts';
import type { PageContext } from '../page-context.ts';
import { findEvidence } from './hit-test.ts';
import type { TrackCanvas } from './track-canvas.ts';

/**
 * After a new analysis, whose rows are others: selects what was selected before as soon as the window shows
 * a span of its rank, name and time again.
 */
export function findAgain({ store }: PageContext, canvas: TrackCanvas): Disposable {
  return canvas.feed.window.subscribe((data) => {
    const lost = store.lost.get();
    if (lost === null || data === null) {
      return;
    }
    const { selection, lane, name, startNs, durationNs, step } = lost;
    const at = findEvidence(data, {
      rank: selection.rank,
      ...{ lane, name, startNs, durationNs, step },
    });
    const found = canvas.facts(at)?.selection ?? null;
    if (store.selection.get() === null && found?.kind === selection.kind) {
      store.selection.set(found);
    } else {
      store.lost.set(null);
    }
  });
}
