import * as vscode from 'vscode';
import { DisposableStore } from '../../base/lifetime.ts';
import type { Finding } from '../../core/model/report.ts';
import { fixableDetectors } from '../../core/source/fixes/offer-fixes.ts';
import { findingMarkdown } from '../../core/export/markdown.ts';
import type { ClientOf, HandlersOf } from '../../protocol/api.ts';
import { Channel } from '../../protocol/channel.ts';
import { hostApi, type RunStatus, viewApi } from '../../protocol/timeline-api.ts';
import type { ExportKind, ExportWish } from '../../protocol/export-schemas.ts';
import type { RunPicture } from '../../protocol/run-picture.ts';
import type { workerApi } from '../../protocol/worker-api.ts';
import type { RunStore } from '../runs/run-store.ts';
import {
  AnalysisCanceled,
  type AnalyzedRun,
  StaleGeneration,
  type TrainingRun,
} from '../runs/training-run.ts';
import { chooseFix } from '../fixes/choose-fix.ts';
import type { FindingFixes } from '../fixes/finding-fixes.ts';
import { saveExport } from '../export/save-export.ts';
import { openCandidates, type OpenOutcome } from '../source/open-place.ts';
import type { SourceResolver } from '../source/source-resolver.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { KeptViews } from './kept-views.ts';
import type { RunDocument } from './run-document.ts';
import { webviewPort } from './webview-port.ts';

export interface SessionServices {
  readonly store: RunStore;
  readonly resolver: SourceResolver;
  readonly views: KeptViews;
  readonly fixes: FindingFixes;
  readonly log: vscode.LogOutputChannel;
}

/** What to bring into view when a run is opened. */
export interface RunView {
  readonly rank: number | null;
  /** All that a finding rests on, to be marked; null shows the rank alone. */
  readonly finding: Pick<Finding, 'title' | 'evidence'> | null;
  /** Spans to search for and to light; see `search-query.ts`. */
  readonly query?: string;
}

/** One open panel of the run editor: answers its page and tells it what changes. */
export class TimelineSession implements vscode.Disposable {
  readonly #channel: Channel<typeof hostApi, typeof viewApi>;
  readonly #owned = new DisposableStore();
  /** The page is there and has the run. VS Code drops the page of a hidden tab and loads it anew. */
  #hasRun = false;
  #sentGeneration = 0;
  #sentPicture: RunPicture | null = null;
  #pendingView: RunView | null = null;

  constructor(
    readonly document: RunDocument,
    readonly panel: vscode.WebviewPanel,
    private readonly services: SessionServices,
  ) {
    this.#channel = this.#owned.add(
      new Channel(
        webviewPort(panel.webview, (error) => this.#logError(error)),
        hostApi,
        this.#handlers(),
        viewApi,
        (error) => this.#logError(error),
      ),
    );
    this.#owned.add(services.store.onDidChangeRun((run) => void this.#runChanged(run)));
    this.#owned.add(services.store.onDidChangeList(() => void this.#listChanged()));
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        this.#hasRun &&= panel.visible;
      }),
    );
  }

  /** Brings a rank or the evidence of a finding into view, at once or when the page is there. */
  reveal(view: RunView): void {
    if (!this.#hasRun) {
      this.#pendingView = view;
      return;
    }
    const { rank, finding, query } = view;
    if (query !== undefined) {
      this.#notify(this.#channel.remote.showSpans({ query }));
    } else if (finding !== null && finding.evidence.length > 0) {
      const { title, evidence } = finding;
      this.#notify(this.#channel.remote.showEvidence({ title, evidence: [...evidence] }));
    } else if (rank !== null) {
      this.#notify(this.#channel.remote.showRank({ rank }));
    }
  }

  /** Saves the run, or what the page shows of it, which the page then draws. */
  async export(kind: Exclude<ExportKind, 'csv'>): Promise<void> {
    if (kind === 'html' || kind === 'markdown') {
      await this.save({ kind });
    } else if (this.#hasRun) {
      await this.#channel.remote.exportWanted({ kind });
    } else {
      throw new Error(
        vscode.l10n.t('The run is still being analyzed. Export it once the page shows it.'),
      );
    }
  }

  /** Gives the name of the file; null where the user gave up. */
  async save(wish: ExportWish, shown: number | null = null): Promise<string | null> {
    const run = await this.document.run;
    const generation = shown ?? (await forPeople(run, run.readAnalysis())).generation;
    try {
      return await saveExport(run, generation, wish);
    } catch (error) {
      throw error instanceof StaleGeneration
        ? new Error(
            vscode.l10n.t('The run was analyzed again in the meantime. Export it once more.'),
            { cause: error },
          )
        : error;
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #handlers(): HandlersOf<typeof hostApi> {
    return {
      ready: async () => {
        this.#hasRun = false;
        this.#sentPicture = null;
        const run = await this.document.lookAgain();
        const state = this.services.views.find(run.id);
        return { focusRank: await this.document.readFocusRank(), state };
      },
      readRun: async () => ({ ...(await this.#readRun()), fixable: [...fixableDetectors()] }),
      readWindow: async ({ generation, ...window }) =>
        await this.#askInTime(generation, (remote) => remote.readWindow(window)),
      readCounters: async ({ generation, ...window }) =>
        await this.#askInTime(generation, (remote) => remote.readCounters(window)),
      findSpans: async ({ generation, query }) =>
        await this.#ask(generation, (remote) => remote.findSpans({ query })),
      summarizeArea: async ({ generation, ...area }) =>
        await this.#askInTime(generation, (remote) => remote.summarizeArea(area)),
      findInArea: async ({ generation, ...area }) =>
        await this.#ask(generation, (remote) => remote.findInArea(area)),
      readDetails: async ({ generation, selection }) =>
        await this.#ask(generation, (remote) => remote.readDetails({ selection })),
      readArguments: async ({ generation, rank, span }) =>
        await this.#ask(generation, (remote) => remote.readArguments({ rank, span })),
      openSelection: async ({ generation, selection }) => {
        const details = await this.#ask(generation, (remote) => remote.readDetails({ selection }));
        return await openCandidates(
          this.services.resolver,
          details.source,
          await this.document.run,
        );
      },
      openFinding: async ({ generation, index }) => await this.#openFinding(generation, index),
      fixFinding: async ({ generation, index }) => await this.#fixFinding(generation, index),
      saveExport: async ({ generation, wish }) => ({ saved: await this.save(wish, generation) }),
      copyFinding: async ({ generation, index }) => {
        const { analyzed } = await this.document.run;
        const finding = findingOf(analyzed, generation, index);
        if (finding === null || analyzed === null) {
          throw new Error(goneFinding());
        }
        await vscode.env.clipboard.writeText(findingMarkdown(finding, analyzed.report));
      },
      keepView: async ({ state }) => {
        const { id } = await this.document.run;
        await this.services.views.keep(id, state);
      },
      openLink: async ({ url }) => {
        await openLink(url);
      },
      copyText: async ({ text }) => await vscode.env.clipboard.writeText(text),
      showLog: () => this.services.log.show(),
      analyzeAgain: async () => {
        const run = await this.document.lookAgain();
        await forPeople(run, run.analyzeAgain());
      },
    };
  }

  async #readRun(): Promise<AnalyzedRun> {
    const run = await this.document.lookAgain();
    const analyzed = await forPeople(run, run.readAnalysis());
    this.#sentGeneration = analyzed.generation;
    this.#hasRun = this.panel.visible;
    setImmediate(() => {
      this.#sendStatus(run);
      const view = this.#pendingView;
      this.#pendingView = null;
      if (view !== null) {
        this.reveal(view);
      }
    });
    return analyzed;
  }

  /** Asks the tables that the page shows; where newer ones have replaced them, the page is told. */
  async #ask<T>(
    generation: number,
    question: (remote: ClientOf<typeof workerApi>) => Promise<T>,
  ): Promise<T> {
    const run = await this.document.run;
    try {
      return await run.ask(generation, question);
    } catch (error) {
      const isStale = error instanceof StaleGeneration || run.analyzed?.generation !== generation;
      if (!isStale) {
        throw error;
      }
      run.readAnalysis().catch(() => undefined);
      throw new Error(vscode.l10n.t('The run is being analyzed again.'), { cause: error });
    }
  }

  /** What is asked by time and rows is answered from the newest tables, while the page still has older ones. */
  async #askInTime<T>(
    generation: number,
    question: (remote: ClientOf<typeof workerApi>) => Promise<T>,
  ): Promise<T> {
    const { analyzed } = await this.document.run;
    try {
      return await this.#ask(analyzed?.generation ?? generation, question);
    } catch (error) {
      const { analyzed: newest } = await this.document.run;
      if (newest === null || newest.generation === analyzed?.generation) {
        throw error;
      }
      return await this.#ask(newest.generation, question);
    }
  }

  async #openFinding(generation: number, index: number): Promise<OpenOutcome> {
    const run = await this.document.run;
    const finding = findingOf(run.analyzed, generation, index);
    return finding === null
      ? { opened: null, reason: goneFinding() }
      : await openCandidates(this.services.resolver, candidatesOf(finding), run);
  }

  async #fixFinding(generation: number, index: number): Promise<OpenOutcome> {
    const run = await this.document.run;
    const finding = findingOf(run.analyzed, generation, index);
    return finding === null
      ? { opened: null, reason: goneFinding() }
      : await chooseFix(this.services.fixes, run, finding);
  }

  async #runChanged(run: TrainingRun): Promise<void> {
    const own = await this.document.run.catch(() => null);
    if (run !== own) {
      return;
    }
    this.#sendStatus(run);
    const { analyzed } = run;
    if (analyzed !== null && analyzed.generation > this.#sentGeneration) {
      this.#sentGeneration = analyzed.generation;
      this.#notify(this.#channel.remote.runChanged({ generation: analyzed.generation }));
    }
  }

  /** A tab that was restored on a missing file shows its run once the file is there. */
  async #listChanged(): Promise<void> {
    const { document, services } = this;
    const isThere = services.store.runs.some(({ group }) =>
      group.files.some(({ path }) => path === document.uri.fsPath),
    );
    if (document.isMissing && isThere) {
      const run = await document.lookAgain().catch(() => null);
      if (run !== null) {
        await this.#runChanged(run);
      }
    }
  }

  #sendStatus({ state, picture }: TrainingRun): void {
    const status: RunStatus = state.kind === 'found' ? { kind: 'ready' } : state;
    if (picture !== null && picture !== this.#sentPicture) {
      this.#notify(this.#channel.remote.runDrawn(picture));
    }
    this.#sentPicture = picture;
    this.#notify(this.#channel.remote.statusChanged({ status }));
  }

  /** A page that is closing need not answer. */
  #notify(sent: Promise<unknown>): void {
    sent.catch((error: unknown) => this.services.log.debug(String(error)));
  }

  #logError(error: unknown): void {
    this.services.log.error(error instanceof Error ? error : String(error));
  }
}

function findingOf(
  analyzed: AnalyzedRun | null,
  generation: number,
  index: number,
): Finding | null {
  return analyzed?.generation === generation ? (analyzed.report.findings[index] ?? null) : null;
}

function goneFinding(): string {
  return vscode.l10n.t('This finding is not in the latest analysis any more.');
}

/** An analysis that ended without a result says why, rather than that it was canceled. */
async function forPeople<T>(run: TrainingRun, analysis: Promise<T>): Promise<T> {
  try {
    return await analysis;
  } catch (error) {
    if (!(error instanceof AnalysisCanceled)) {
      throw error;
    }
    const reason =
      run.state.kind === 'gone'
        ? run.state.message
        : vscode.l10n.t('The analysis was canceled. “Analyze Again” starts it anew.');
    throw new Error(reason, { cause: error });
  }
}

/** Opens a page in the browser after VS Code has asked; nothing but the web. */
async function openLink(url: string): Promise<boolean> {
  const uri = vscode.Uri.parse(url, true);
  return ['https', 'http'].includes(uri.scheme) && (await vscode.env.openExternal(uri));
}
