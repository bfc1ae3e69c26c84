import type { Disposable } from '../../src/base/lifetime.ts';
import type { Store } from '../store.ts';
import type { TimeRange } from '../time-range.ts';

const MAX_VIEWS = 100;
/** A view that is kept for so long is one to come back to. */
const REST_MS = 350;

/** The views that were looked at, to go back and forth between. */
export class ViewHistory {
  #views: TimeRange[] = [];
  #at = -1;

  /** A view that was reached by moving; what was undone before is forgotten. */
  visit(view: TimeRange): void {
    const current = this.#views.at(this.#at);
    if (this.#at >= 0 && current?.startNs === view.startNs && current.endNs === view.endNs) {
      return;
    }
    this.#views = [...this.#views.slice(0, this.#at + 1), view].slice(-MAX_VIEWS);
    this.#at = this.#views.length - 1;
  }

  /** The view before or after; null at the end. */
  step(by: 1 | -1): TimeRange | null {
    const at = this.#at + by;
    if (at < 0 || at >= this.#views.length) {
      return null;
    }
    this.#at = at;
    return this.#views[at];
  }
}

/** Notes the view whenever it comes to rest. */
export function followViews(history: ViewHistory, { range }: Store): Disposable {
  let timer = 0;
  history.visit(range.get());
  const subscription = range.subscribe(() => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => history.visit(range.get()), REST_MS);
  });
  return {
    dispose: () => {
      subscription.dispose();
      window.clearTimeout(timer);
    },
  };
}
