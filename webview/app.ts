import type { Selection } from '../src/core/model/timeline.ts';
import type { HandlersOf } from '../src/protocol/api.ts';
import { Channel } from '../src/protocol/channel.ts';
import { hostApi, viewApi } from '../src/protocol/timeline-api.ts';
import { FrameLoop } from './base/frame-loop.ts';
import { ThemeSource } from './base/theme.ts';
import { type Host, type VsCodeApi, windowPort } from './host.ts';
import type { PageContext, View } from './page-context.ts';
import { readSteps } from './read-steps.ts';
import { parseSavedView } from './saved-view.ts';
import { clampRange, frameInterval, type LoadedRun, Store } from './store.ts';
import { moveTo } from './timeline/move-to.ts';
import { mountRunPage } from './views/run-page.ts';
import { LoadingPage, renderFailure } from './views/status-page.ts';

/** The page from the first question to the last: loading, shown, shown anew, failed. */
export class App {
  readonly frames = new FrameLoop();
  readonly #themes = new ThemeSource();
  readonly #store: Store;
  readonly #host: Host;
  #loading = new LoadingPage();
  #context: PageContext | null = null;
  #view: View | null = null;

  constructor(
    private readonly api: VsCodeApi,
    private readonly root: HTMLElement,
  ) {
    this.#store = new Store(parseSavedView(api.getState()));
    const channel = new Channel(windowPort(api), viewApi, this.#handlers(), hostApi, (error) =>
      this.#store.notice.set(String(error)),
    );
    this.#host = channel.remote;
    for (const atom of [this.#store.range, this.#store.selection, this.#store.openRanks]) {
      atom.subscribe(() => this.frames.request(this.#save));
    }
  }

  async start(): Promise<void> {
    this.root.replaceChildren(this.#loading.element);
    try {
      const { focusRank } = await this.#host.ready({});
      await this.#load(focusRank);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #save = () => {
    const { range, selection, openRanks } = this.#store;
    this.api.setState({
      range: range.get(),
      selection: selection.get(),
      openRanks: [...openRanks.get()],
    });
  };

  #handlers(): HandlersOf<typeof viewApi> {
    return {
      progressed: ({ text, percent }) => this.#loading.show(text, percent),
      runChanged: async () => {
        await this.#load().catch((error: unknown) => this.#fail(error));
      },
      reveal: ({ startNs, durationNs, rank, selection }) =>
        this.#reveal(startNs, durationNs, rank, selection),
    };
  }

  async #load(focusRank: number | null = null): Promise<void> {
    const { steps, ...answer } = await this.frames.track(this.#host.readRun({}));
    const run: LoadedRun = { ...answer, steps: readSteps(steps) };
    if (this.#context !== null && run.generation <= this.#context.run.generation) {
      return;
    }
    if (this.#context === null) {
      this.#focus(focusRank, run.report.run.ranks);
    }
    const hadNoRange = this.#store.range.get().endNs <= this.#store.range.get().startNs;
    const range = hadNoRange ? firstRange(run) : this.#store.range.get();
    this.#store.range.set(clampRange(range, run.overview));
    const isReload = this.#context !== null;
    this.#context = {
      host: this.#host,
      store: this.#store,
      run,
      frames: this.frames,
      themes: this.#themes,
    };
    if (isReload) {
      this.#store.selection.set(null);
    }
    this.#view?.dispose();
    this.#view = mountRunPage(this.#context);
    this.root.replaceChildren(this.#view.element);
  }

  /** The rank of the opened file shows its threads and streams, unless the user has chosen others. */
  #focus(rank: number | null, ranks: readonly number[]): void {
    const isFresh = this.api.getState() === undefined;
    const focus = rank ?? (ranks.length === 1 ? ranks[0] : null);
    if (isFresh && focus !== null) {
      this.#store.openRanks.set(new Set([focus]));
    }
  }

  #reveal(
    startNs: number,
    durationNs: number,
    rank: number | null,
    selection: Selection | null,
  ): void {
    if (this.#context === null) {
      return;
    }
    const target = frameInterval(startNs, durationNs, 1);
    moveTo(this.#context, target, this.#context.run.overview);
    if (selection !== null) {
      this.#store.selection.set(selection);
    } else if (rank !== null) {
      const evidence = { rank, lane: '', name: '', startNs, durationNs, step: null };
      this.#store.evidence.set([evidence]);
    }
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const again = () => {
      this.#loading = new LoadingPage();
      this.root.replaceChildren(this.#loading.element);
      void this.#host
        .analyzeAgain({})
        .then(async () => {
          await this.#load();
        })
        .catch((next: unknown) => this.#fail(next));
    };
    this.root.replaceChildren(renderFailure(this.#host, message, again));
  }
}

/** Three steps around the typical one: near enough to read, wide enough to compare. */
function firstRange({ overview }: LoadedRun): { startNs: number; endNs: number } {
  const { typicalStep } = overview;
  return typicalStep === null
    ? overview
    : frameInterval(typicalStep.startNs, typicalStep.durationNs, 1);
}
