import type { Disposable } from '../../src/base/lifetime.ts';
import type { WindowRequest } from '../../src/core/model/timeline.ts';
import { unpackWindow } from '../../src/protocol/window-columns.ts';
import { Atom } from '../base/atom.ts';
import type { PageContext } from '../page-context.ts';
import { covers, runsLow, withMargin } from './window-coverage.ts';
import type { WindowData } from './window-data.ts';

/** Of the whole run, to be drawn where nothing finer is there yet. */
const BACKDROP_PX = 600;

/** An answer to what is asked for of a window. */
interface Answer {
  readonly request: WindowRequest;
}

/** Fetches what the timeline shows: one question at a time, then the newest. */
export class WindowFeed<T extends Answer = WindowData> implements Disposable {
  readonly window = new Atom<T | null>(null);
  /** The whole run, coarse, in the rows that were seen last. */
  #backdrop: T | null = null;
  #visible: WindowRequest | null = null;
  #wanted: WindowRequest | null = null;
  #isAsking = false;
  #isDisposed = false;

  constructor(
    private readonly context: PageContext,
    private readonly ask: (request: WindowRequest) => Promise<T>,
    private readonly options: { readonly hasBackdrop: boolean } = { hasBackdrop: false },
  ) {}

  get backdrop(): T | null {
    return this.#backdrop;
  }

  /** Makes sure that `visible` is, or will be, in the window. */
  show(visible: WindowRequest): void {
    if (visible.widthPx < 1) {
      return;
    }
    this.#visible = visible;
    const have = this.window.get()?.request;
    const whole = this.context.run.overview;
    const isEnough = have !== undefined && covers(have, visible) && !runsLow(have, visible, whole);
    this.#wanted = isEnough ? null : withMargin(visible, whole);
    if (!this.#isAsking && (this.#wanted !== null || this.#missesBackdrop())) {
      void this.context.frames.track(this.#askOn());
    }
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #askOn(): Promise<void> {
    this.#isAsking = true;
    while (!this.#isDisposed) {
      const request = this.#wanted;
      this.#wanted = null;
      if (request !== null) {
        const answer = await this.#ask(request);
        if (answer !== null && this.#isOfUse(request)) {
          this.window.set(answer);
        }
      } else if (this.#missesBackdrop()) {
        const answer = await this.#ask(this.#wholeRun());
        this.#backdrop = answer ?? this.#backdrop;
        if (answer === null) {
          break;
        }
      } else {
        break;
      }
    }
    this.#isAsking = false;
  }

  async #ask(request: WindowRequest): Promise<T | null> {
    try {
      return await this.ask(request);
    } catch (error) {
      this.context.store.notice.set(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** An answer to what was asked before the view jumped elsewhere is dropped. */
  #isOfUse({ startNs, endNs }: WindowRequest): boolean {
    const visible = this.#visible;
    return visible === null || (startNs < visible.endNs && endNs > visible.startNs);
  }

  #wholeRun(): WindowRequest {
    const { startNs, endNs } = this.context.run.overview;
    return { startNs, endNs, widthPx: BACKDROP_PX, rows: this.#visible?.rows ?? [] };
  }

  #missesBackdrop(): boolean {
    if (!this.options.hasBackdrop || this.#visible === null) {
      return false;
    }
    return this.#backdrop === null || !covers(this.#backdrop.request, this.#wholeRun());
  }
}

/** Asks the host for the rectangles of a window. */
export function askRectangles({
  host,
  run: { generation },
}: PageContext): (request: WindowRequest) => Promise<WindowData> {
  return async (request) => {
    const rows = [...request.rows];
    const { columns, names } = await host.readWindow({ ...request, rows, generation });
    return { request, rectangles: unpackWindow(columns), names };
  };
}
