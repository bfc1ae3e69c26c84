import { type Disposable, DisposableStore } from '../../src/base/lifetime.ts';
import type { Store } from '../store.ts';
import { isSameRange, type TimeRange } from '../time-range.ts';
import type { TrackChoices } from './track-choices.ts';

const MAX_VIEWS = 100;
/** A view that is kept for so long is one to come back to. */
const REST_MS = 350;

/** What can be gone back to. */
export interface TimelineView {
  readonly range: TimeRange;
  readonly tracks: TrackChoices;
}

export function currentView({ range, tracks }: Store): TimelineView {
  return { range: range.get(), tracks: tracks.get() };
}

/** The views that were looked at, to go back and forth between. */
export class ViewHistory {
  #views: TimelineView[] = [];
  #at = -1;

  get current(): TimelineView | undefined {
    return this.#at < 0 ? undefined : this.#views[this.#at];
  }

  /** A view that was reached by moving; what was undone before is forgotten. */
  visit(view: TimelineView): void {
    const { current } = this;
    const isSame =
      current !== undefined &&
      isSameRange(current.range, view.range) &&
      current.tracks === view.tracks;
    if (isSame) {
      return;
    }
    this.#views = [...this.#views.slice(0, this.#at + 1), view].slice(-MAX_VIEWS);
    this.#at = this.#views.length - 1;
  }

  /** The view before or after; null at the end. */
  step(by: 1 | -1): TimelineView | null {
    const at = this.#at + by;
    if (at < 0 || at >= this.#views.length) {
      return null;
    }
    this.#at = at;
    return this.#views[at];
  }
}

/** Notes the view whenever it comes to rest, and each change of the tracks. */
export function followViews(history: ViewHistory, store: Store): Disposable {
  const owned = new DisposableStore();
  let timer = 0;
  const visit = () => {
    window.clearTimeout(timer);
    history.visit(currentView(store));
  };
  visit();
  owned.add(
    store.range.subscribe(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(visit, REST_MS);
    }),
  );
  owned.add(
    store.tracks.subscribe((tracks) => {
      if (tracks !== history.current?.tracks) {
        visit();
      }
    }),
  );
  owned.add({ dispose: () => window.clearTimeout(timer) });
  return owned;
}
