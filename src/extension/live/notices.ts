import * as vscode from 'vscode';
import { RunNews, type News } from '../../core/live/find-news.ts';
import type { Finding } from '../../core/model/report.ts';
import { unpackSteps } from '../../protocol/step-columns.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { Services } from '../services.ts';
import { areNoticesEnabled, setNoticesEnabled } from '../settings.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import { openCandidates } from '../source/open-place.ts';

/** What is said of a run while it trains. */
export interface Notice {
  readonly text: string;
  readonly run: TrainingRun;
  /** Null where a rank is behind. */
  readonly finding: Finding | null;
  readonly rank: number | null;
}

/** Tells once of each finding that appears while a run trains, and of ranks that fall behind. */
export class Notices implements vscode.Disposable {
  readonly #newsByRun = new WeakMap<TrainingRun, { generation: number; news: RunNews }>();
  readonly #told = new vscode.EventEmitter<Notice>();
  readonly #subscription: vscode.Disposable;

  readonly onDidTell = this.#told.event;

  constructor(private readonly services: Services) {
    this.#subscription = services.store.onDidChangeRun((run) => this.#note(run));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#told.dispose();
  }

  /** The first analysis tells what was there before; of a run that does not grow, all do. */
  #note(run: TrainingRun): void {
    const { analyzed } = run;
    if (analyzed === null) {
      return;
    }
    const isLive = this.services.pulses.pulseOf(run)?.kind === 'live';
    let known = this.#newsByRun.get(run);
    if (known === undefined || !isLive) {
      known = { generation: 0, news: new RunNews() };
      this.#newsByRun.set(run, known);
    }
    if (analyzed.generation === known.generation) {
      return;
    }
    known.generation = analyzed.generation;
    const news = known.news.add(analyzed.report.findings, unpackSteps(analyzed.steps));
    if (areNoticesEnabled()) {
      for (const notice of noticesOf(news, run)) {
        void this.#show(notice);
      }
    }
  }

  async #show(notice: Notice): Promise<void> {
    this.#told.fire(notice);
    const goToLine = vscode.l10n.t('Go to Line');
    const showRun = vscode.l10n.t('Show Run');
    const never = vscode.l10n.t('Don’t Show Again');
    const { run, finding, rank } = notice;
    const choice = await vscode.window.showWarningMessage(
      notice.text,
      ...(finding === null ? [] : [goToLine]),
      showRun,
      never,
    );
    if (choice === goToLine && finding !== null) {
      await openCandidates(this.services.resolver, candidatesOf(finding), run);
    } else if (choice === showRun) {
      await this.services.editor.open(run, { rank, finding });
    } else if (choice === never) {
      await setNoticesEnabled(false);
    }
  }
}

/** One for all findings that came at once, and one for each rank. */
function noticesOf({ findings, ranks }: News, run: TrainingRun): Notice[] {
  const [first] = findings;
  const { name } = run.group;
  return [
    ...(first === undefined
      ? []
      : [
          {
            run,
            finding: first,
            rank: first.evidence[0]?.rank ?? null,
            text:
              findings.length === 1
                ? vscode.l10n.t('{0}: {1}', name, first.title)
                : vscode.l10n.t('{0}: {1} And {2} more.', name, first.title, findings.length - 1),
          },
        ]),
    ...ranks.map(({ rank, step, othersStep }) => ({
      run,
      rank,
      finding: null,
      text: vscode.l10n.t(
        '{0}: rank {1} has fallen behind. Its last step is {2}, that of the others {3}.',
        name,
        rank,
        step,
        othersStep,
      ),
    })),
  ];
}
