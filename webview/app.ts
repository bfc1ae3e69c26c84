import type { TimelineStep } from '../src/core/model/timeline.ts';
import type { HandlersOf } from '../src/protocol/api.ts';
import { Channel } from '../src/protocol/channel.ts';
import { hostApi, type RunStatus, viewApi } from '../src/protocol/timeline-api.ts';
import { BusyHands } from './base/busy-hands.ts';
import { FrameLoop } from './base/frame-loop.ts';
import { ThemeSource } from './base/theme.ts';
import { exportAs } from './export/export-as.ts';
import { showIntervals } from './findings/show-evidence.ts';
import { type Host, type VsCodeApi, windowPort } from './host.ts';
import { rememberPlace } from './keep-place.ts';
import type { PageContext, View } from './page-context.ts';
import { readSteps } from './read-steps.ts';
import { identityOf } from './run-identity.ts';
import { parseSavedView } from './saved-view.ts';
import { type LoadedRun, Store } from './store.ts';
import { clampRange, frameInterval } from './time-range.ts';
import { alignAnew, saveAlignment } from './timeline/saved-alignment.ts';
import { NO_CHOICES } from './timeline/track-choices.ts';
import { mountRunPage } from './views/run-page.ts';
import { LoadingPage, renderFailure } from './views/status-page.ts';

/** A view that still moves is not worth keeping beyond the page. */
const KEEP_AFTER_MS = 300;

/** The page from the first question to the last: loading, shown, shown anew, failed. */
export class App {
  readonly frames = new FrameLoop();
  readonly #themes = new ThemeSource();
  #store: Store;
  readonly #host: Host;
  readonly #loading = new LoadingPage();
  readonly #hands = new BusyHands(window);
  #changing: Promise<void> | null = null;
  #savedRun: string;
  #keeping = 0;
  #context: PageContext | null = null;
  #view: View | null = null;

  constructor(
    private readonly api: VsCodeApi,
    private readonly root: HTMLElement,
  ) {
    const saved = parseSavedView(api.getState());
    this.#savedRun = saved.run;
    this.#store = this.#follow(new Store(saved));
    const channel = new Channel(windowPort(api), viewApi, this.#handlers(), hostApi, (error) =>
      this.#store.notice.set(String(error)),
    );
    this.#host = channel.remote;
  }

  /** What changes in it is kept. */
  #follow(store: Store): Store {
    const { range, selection, openRanks, marks, panels, tracks, trackFilter } = store;
    const { alignment, timesSince } = store;
    const kept = [range, selection, openRanks, marks, panels, tracks, trackFilter];
    for (const atom of [...kept, alignment, timesSince]) {
      atom.subscribe(() => this.frames.request(this.#save));
    }
    return store;
  }

  async start(): Promise<void> {
    this.root.replaceChildren(this.#loading.element);
    try {
      const { focusRank, state } = await this.#host.ready({});
      this.#adopt(state);
      await this.#load(focusRank);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A page that was closed remembers nothing: the view is as the extension kept it. */
  #adopt(state: unknown): void {
    if (this.api.getState() === undefined && state !== null && state !== undefined) {
      const saved = parseSavedView(state);
      this.#savedRun = saved.run;
      this.#store = this.#follow(new Store(saved));
      this.api.setState(state);
    }
  }

  readonly #save = () => {
    const { range, selection, openRanks, marks, panels, tracks, trackFilter } = this.#store;
    const view = {
      range: range.get(),
      selection: selection.get(),
      openRanks: [...openRanks.get()],
      marks: marks.get(),
      panels: panels.get(),
      tracks: tracks.get(),
      trackFilter: trackFilter.get(),
      alignment: saveAlignment(this.#store.alignment.get()),
      timesSince: this.#store.timesSince.get(),
      run: this.#savedRun,
    };
    this.api.setState(view);
    window.clearTimeout(this.#keeping);
    this.#keeping = window.setTimeout(() => {
      this.#host.keepView({ state: view }).catch(() => undefined);
    }, KEEP_AFTER_MS);
  };

  #handlers(): HandlersOf<typeof viewApi> {
    return {
      statusChanged: ({ status }) => this.#showStatus(status),
      runDrawn: (picture) => {
        if (this.#context === null) {
          this.#loading.draw(picture, this.frames, this.#themes);
        }
      },
      runChanged: async () => {
        this.#changing ??= this.#loadWhenFree();
        await this.#changing;
      },
      exportWanted: async ({ kind }) => {
        if (this.#context !== null) {
          await exportAs(this.#context, kind);
        }
      },
      showEvidence: ({ title, evidence }) => {
        if (this.#context !== null) {
          showIntervals(this.#context, evidence, `Showing the evidence of: ${title}`);
        }
      },
      showSpans: (wanted) => this.#store.wantedSpans.set(wanted),
      showRank: ({ rank }) => {
        const { openRanks, wantedRank } = this.#store;
        openRanks.set(new Set([...openRanks.get(), rank]));
        wantedRank.set({ rank });
      },
    };
  }

  /** Once for all changes that come while somebody drags or types. */
  async #loadWhenFree(): Promise<void> {
    await this.#hands.free();
    this.#changing = null;
    await this.#load().catch((error: unknown) => this.#fail(error));
  }

  /** A page that is shown tells it itself. */
  #showStatus(status: RunStatus): void {
    this.#store.status.set(status);
    if (this.#context !== null) {
      return;
    }
    if (status.kind === 'analyzing') {
      this.#loading.show(status.text, status.percent);
      this.root.replaceChildren(this.#loading.element);
    } else if (status.kind !== 'ready') {
      this.#fail(new Error(status.message));
    }
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
    const isOtherRun = identityOf(run) !== this.#savedRun;
    const goBack = this.#context === null ? null : rememberPlace(this.root);
    this.#forget(isOtherRun, run.steps);
    this.#savedRun = identityOf(run);
    this.#context = {
      host: this.#host,
      store: this.#store,
      run,
      frames: this.frames,
      themes: this.#themes,
    };
    this.#view?.dispose();
    this.#view = mountRunPage(this.#context);
    this.root.replaceChildren(this.#view.element);
    goBack?.();
    this.frames.request(this.#save);
  }

  /** What means something else in other tables, or in another run. */
  #forget(isOtherRun: boolean, steps: readonly TimelineStep[]): void {
    if (this.#context !== null || isOtherRun) {
      this.#store.lost.set(this.#store.details.get());
      this.#store.selection.set(null);
      const { alignment } = this.#store;
      alignment.set(this.#context === null ? null : alignAnew(alignment.get(), steps));
    }
    if (isOtherRun && this.#context === null) {
      this.#store.marks.set([]);
      this.#store.tracks.set(NO_CHOICES);
      this.#store.trackFilter.set('');
    }
  }

  /** The rank of the opened file shows its threads and streams, unless the user has chosen others. */
  #focus(rank: number | null, ranks: readonly number[]): void {
    const isFresh = this.api.getState() === undefined;
    const focus = rank ?? (ranks.length === 1 ? ranks[0] : null);
    if (isFresh && focus !== null) {
      this.#store.openRanks.set(new Set([focus]));
    }
  }

  /** A run that is shown stays, and says what went wrong; else there is nothing but that to show. */
  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#context !== null) {
      this.#store.status.set({ kind: 'failed', message });
      return;
    }
    const again = () => {
      this.#loading.show('', 0);
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
