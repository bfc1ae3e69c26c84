import * as vscode from 'vscode';
import { DisposableStore } from '../../base/lifetime.ts';
import type { Evidence } from '../../core/model/report.ts';
import type { HandlersOf } from '../../protocol/api.ts';
import { Channel } from '../../protocol/channel.ts';
import { hostApi, viewApi } from '../../protocol/timeline-api.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { AnalyzedRun, TrainingRun } from '../runs/training-run.ts';
import { openCandidates, type OpenOutcome } from '../source/open-place.ts';
import type { SourceResolver } from '../source/source-resolver.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { RunDocument } from './run-document.ts';
import { webviewPort } from './webview-port.ts';

export interface SessionServices {
  readonly store: RunStore;
  readonly resolver: SourceResolver;
  readonly log: vscode.LogOutputChannel;
}

/** One open panel of the run editor: answers its page and tells it what changes. */
export class TimelineSession implements vscode.Disposable {
  readonly #channel: Channel<typeof hostApi, typeof viewApi>;
  readonly #owned = new DisposableStore();
  #isReady = false;
  #sentGeneration = 0;
  #pendingReveal: Evidence | null = null;

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
  }

  /** Brings the evidence of a finding into view, at once or when the page is there. */
  reveal(evidence: Evidence): void {
    if (this.#isReady) {
      this.#notify(
        this.#channel.remote.reveal({
          rank: evidence.rank,
          startNs: evidence.startNs,
          durationNs: evidence.durationNs,
          selection: null,
        }),
      );
    } else {
      this.#pendingReveal = evidence;
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #handlers(): HandlersOf<typeof hostApi> {
    return {
      ready: async () => ({ focusRank: await this.document.readFocusRank(), state: null }),
      readRun: async () => await this.#readRun(),
      readWindow: async ({ generation, ...window }) =>
        await (await this.document.run).ask(generation, (remote) => remote.readWindow(window)),
      readDetails: async ({ generation, selection }) =>
        await (
          await this.document.run
        ).ask(generation, (remote) => remote.readDetails({ selection })),
      readArguments: async ({ generation, rank, span }) =>
        await (
          await this.document.run
        ).ask(generation, (remote) => remote.readArguments({ rank, span })),
      openSelection: async ({ generation, selection }) => {
        const run = await this.document.run;
        const details = await run.ask(generation, (remote) => remote.readDetails({ selection }));
        return await openCandidates(this.services.resolver, details.source, run);
      },
      openFinding: async ({ index }) => await this.#openFinding(index),
      openLink: async ({ url }) => {
        await openLink(url);
      },
      copyText: async ({ text }) => await vscode.env.clipboard.writeText(text),
      showLog: () => this.services.log.show(),
      analyzeAgain: async () => {
        await (await this.document.run).analyzeAgain();
      },
    };
  }

  async #readRun(): Promise<AnalyzedRun> {
    const analyzed = await (await this.document.run).readAnalysis();
    this.#sentGeneration = analyzed.generation;
    this.#isReady = true;
    const reveal = this.#pendingReveal;
    this.#pendingReveal = null;
    if (reveal !== null) {
      setImmediate(() => this.reveal(reveal));
    }
    return analyzed;
  }

  async #openFinding(index: number): Promise<OpenOutcome> {
    const run = await this.document.run;
    const finding = run.analyzed?.report.findings[index];
    return finding === undefined
      ? {
          opened: null,
          reason: vscode.l10n.t('This finding is not in the latest analysis any more.'),
        }
      : await openCandidates(this.services.resolver, candidatesOf(finding), run);
  }

  async #runChanged(run: TrainingRun): Promise<void> {
    const own = await this.document.run.catch(() => null);
    if (run !== own) {
      return;
    }
    const { state, analyzed } = run;
    if (state.kind === 'analyzing') {
      this.#notify(this.#channel.remote.progressed({ text: state.text, percent: state.percent }));
    }
    if (analyzed !== null && this.#isReady && analyzed.generation > this.#sentGeneration) {
      this.#sentGeneration = analyzed.generation;
      this.#notify(this.#channel.remote.runChanged({ generation: analyzed.generation }));
    }
  }

  /** A page that is closing need not answer. */
  #notify(sent: Promise<unknown>): void {
    sent.catch((error: unknown) => this.services.log.debug(String(error)));
  }

  #logError(error: unknown): void {
    this.services.log.error(error instanceof Error ? error : String(error));
  }
}

/** Opens a page in the browser after VS Code has asked; nothing but the web. */
async function openLink(url: string): Promise<boolean> {
  const uri = vscode.Uri.parse(url, true);
  return ['https', 'http'].includes(uri.scheme) && (await vscode.env.openExternal(uri));
}
