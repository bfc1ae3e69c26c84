import type { Disposable } from '../../src/base/lifetime.ts';
import type { WindowRequest } from '../../src/core/model/timeline.ts';
import { unpackWindow } from '../../src/protocol/window-columns.ts';
import { Atom } from '../base/atom.ts';
import type { PageContext } from '../page-context.ts';
import type { TimeRange } from '../store.ts';
import { isSameTrack } from './tracks.ts';
import type { WindowData } from './window-data.ts';

/** Asked for beyond each edge, as a share of what is seen, so that panning finds it there. */
const MARGIN_SHARE = 0.5;
/** Coming nearer by more than this, merged rectangles could be told apart. */
const MAX_STRETCH = 1.25;

/** Fetches what the timeline shows: one question at a time, then the newest. */
export class WindowFeed implements Disposable {
  readonly window = new Atom<WindowData | null>(null);
  #wanted: WindowRequest | null = null;
  #isAsking = false;
  #isDisposed = false;

  constructor(private readonly context: PageContext) {}

  /** Makes sure that `visible` is, or will be, in the window. */
  show(visible: WindowRequest): void {
    const have = this.window.get();
    if (visible.widthPx < 1 || (have !== null && covers(have.request, visible))) {
      this.#wanted = null;
      return;
    }
    this.#wanted = withMargin(visible, this.context.run.overview);
    if (!this.#isAsking) {
      void this.context.frames.track(this.#ask());
    }
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (let request = this.#take(); request !== null; request = this.#take()) {
      try {
        const { generation } = this.context.run;
        const { columns, names } = await this.context.host.readWindow({
          ...request,
          rows: [...request.rows],
          generation,
        });
        this.window.set({ request, rectangles: unpackWindow(columns), names });
      } catch (error) {
        this.context.store.notice.set(error instanceof Error ? error.message : String(error));
      }
    }
    this.#isAsking = false;
  }

  /** The newest question, once. */
  #take(): WindowRequest | null {
    const wanted = this.#isDisposed ? null : this.#wanted;
    this.#wanted = null;
    return wanted;
  }
}

function withMargin(request: WindowRequest, whole: TimeRange): WindowRequest {
  const length = request.endNs - request.startNs;
  const startNs = Math.max(whole.startNs, request.startNs - length * MARGIN_SHARE);
  const endNs = Math.max(startNs + 1, Math.min(whole.endNs, request.endNs + length * MARGIN_SHARE));
  return {
    ...request,
    startNs,
    endNs,
    widthPx: Math.max(1, Math.round((request.widthPx * (endNs - startNs)) / length)),
  };
}

function covers(have: WindowRequest, visible: WindowRequest): boolean {
  const pixel = (request: WindowRequest) => (request.endNs - request.startNs) / request.widthPx;
  const stretch = pixel(have) / pixel(visible);
  return (
    have.startNs <= visible.startNs + 1 &&
    have.endNs >= visible.endNs - 1 &&
    stretch <= MAX_STRETCH &&
    stretch >= 1 / (4 * MAX_STRETCH) &&
    visible.rows.every((row) => have.rows.some((other) => isSameTrack(row, other)))
  );
}
