import type { Disposable } from '../../base/lifetime.ts';

/** A training that writes nothing for so long has stopped, or writes with long pauses, for which no thread need wait. */
const LIVE_MS = 60_000;

/** Each has a thread with its tables. */
const MAX_LIVE = 4;

interface Holdable {
  hold(): Disposable;
  /** It has stopped growing. */
  rest(): void;
}

interface Held {
  readonly hold: Disposable;
  readonly timer: NodeJS.Timeout;
}

/** Holds the runs whose files grow, so that they are read on where they were read before. */
export class LiveRuns implements Disposable {
  readonly #held = new Map<Holdable, Held>();

  /** A file of the run has grown. Of many such runs, the first are held. */
  touch(run: Holdable): void {
    const known = this.#held.get(run);
    if (known !== undefined) {
      known.timer.refresh();
    } else if (this.#held.size < MAX_LIVE) {
      const timer = setTimeout(() => this.release(run), LIVE_MS);
      this.#held.set(run, { hold: run.hold(), timer });
    }
  }

  release(run: Holdable): void {
    const known = this.#held.get(run);
    if (known !== undefined) {
      clearTimeout(known.timer);
      this.#held.delete(run);
      known.hold.dispose();
      run.rest();
    }
  }

  dispose(): void {
    for (const run of [...this.#held.keys()]) {
      this.release(run);
    }
  }
}
