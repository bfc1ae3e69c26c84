import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import type { VerdictKind } from '../../core/model/report.ts';
import type { Pulse } from '../../core/live/judge-pulse.ts';
import { COMMANDS, EXTENSION_NAME, LINK_COMMANDS } from '../ids.ts';
import { pulseText } from '../live/pulse-text.ts';
import type { RunPulses } from '../live/run-pulses.ts';
import type { RunStore } from '../runs/run-store.ts';
import { formatPercent } from '../format-percent.ts';

/** The verdict over the shown run in two words, a click opens the run; beside it, which of several runs is shown. */
export function registerStatus(store: RunStore, pulses: RunPulses): Disposable {
  const owned = new DisposableStore();
  const verdict = owned.add(
    vscode.window.createStatusBarItem('trainingSleuth.verdict', vscode.StatusBarAlignment.Left, 0),
  );
  verdict.name = EXTENSION_NAME;
  const choice = owned.add(
    vscode.window.createStatusBarItem('trainingSleuth.shown', vscode.StatusBarAlignment.Left, -1),
  );
  choice.name = vscode.l10n.t('{0}: Shown Run', EXTENSION_NAME);
  choice.command = COMMANDS.chooseShownRun;
  const refresh = (): void => {
    showVerdict(verdict, store, pulses);
    showChoice(choice, store);
  };
  owned.add(store.onDidChangeShown(refresh));
  owned.add(store.onDidChangeRun(refresh));
  owned.add(store.onDidChangeList(refresh));
  owned.add(pulses.onDidChange(refresh));
  return owned;
}

function showVerdict(item: vscode.StatusBarItem, store: RunStore, pulses: RunPulses): void {
  const run = store.shown;
  const busy = store.runs.find(({ state }) => state.kind === 'analyzing');
  if (busy?.state.kind === 'analyzing') {
    item.text = `$(loading~spin) ${vscode.l10n.t('Analyzing {0}', formatPercent(Math.round(busy.state.percent)))}`;
    item.tooltip = busy.group.name;
    item.command = { command: LINK_COMMANDS.showRun, title: '', arguments: [busy.id] };
    item.show();
  } else if (run?.analyzed) {
    const { verdict } = run.analyzed.report;
    const pulse = pulses.pulseOf(run);
    const state = pulseText(pulse, run);
    const words = `${verdictWords(verdict.kind)} ${formatPercent(verdict.sharePercent)}`;
    item.text = `${iconOf(pulse)} ${words}${state === '' ? '' : ` · ${state}`}`;
    item.tooltip = `${run.group.name}: ${verdict.text}${state === '' ? '' : `\n${state}`}`;
    item.command = { command: LINK_COMMANDS.showRun, title: '', arguments: [run.id] };
    item.show();
  } else {
    item.hide();
  }
}

/** Only where there is a choice. */
function showChoice(item: vscode.StatusBarItem, store: RunStore): void {
  const analyzed = store.runs.filter((run) => run.analyzed !== null);
  if (analyzed.length === 0 || (analyzed.length === 1 && store.shown === analyzed[0])) {
    item.hide();
    return;
  }
  const name = store.shown?.group.name ?? vscode.l10n.t('no run');
  item.text = `$(eye) ${name}`;
  item.tooltip = vscode.l10n.t(
    'Hints and findings beside the code are of this run. Choose one of the {0} that are analyzed.',
    analyzed.length,
  );
  item.show();
}

function iconOf(pulse: Pulse | null): string {
  return pulse?.kind === 'silent' || pulse?.kind === 'gone' ? '$(debug-disconnect)' : '$(pulse)';
}

function verdictWords(kind: VerdictKind): string {
  const words: Readonly<Record<VerdictKind, string>> = {
    'data-bound': vscode.l10n.t('Data-bound'),
    'host-bound': vscode.l10n.t('Host-bound'),
    'compute-bound': vscode.l10n.t('Compute-bound'),
    'communication-bound': vscode.l10n.t('Communication-bound'),
    imbalanced: vscode.l10n.t('Imbalanced'),
    balanced: vscode.l10n.t('Balanced'),
    mixed: vscode.l10n.t('Mixed'),
    hung: vscode.l10n.t('Hung'),
    inconclusive: vscode.l10n.t('Inconclusive'),
  };
  return words[kind];
}
