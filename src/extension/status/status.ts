import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import type { VerdictKind } from '../../core/model/report.ts';
import { EXTENSION_NAME, LINK_COMMANDS } from '../ids.ts';
import type { RunStore } from '../runs/run-store.ts';
import { formatPercent } from '../format-percent.ts';

/** The verdict over the shown run in two words; a click opens the run. */
export function registerStatus(store: RunStore): Disposable {
  const owned = new DisposableStore();
  const item = owned.add(
    vscode.window.createStatusBarItem('trainingSleuth.verdict', vscode.StatusBarAlignment.Left, 0),
  );
  item.name = EXTENSION_NAME;
  const refresh = (): void => {
    const run = store.shown;
    const busy = store.runs.find(({ state }) => state.kind === 'analyzing');
    if (busy?.state.kind === 'analyzing') {
      item.text = `$(loading~spin) ${vscode.l10n.t('Analyzing {0}', `${busy.state.percent.toFixed(0)}\u00a0%`)}`;
      item.tooltip = busy.group.name;
      item.command = { command: LINK_COMMANDS.showRun, title: '', arguments: [busy.id] };
      item.show();
    } else if (run?.analyzed) {
      const { verdict } = run.analyzed.report;
      item.text = `$(pulse) ${verdictWords(verdict.kind)} ${formatPercent(verdict.sharePercent)}`;
      item.tooltip = `${run.group.name}: ${verdict.text}`;
      item.command = { command: LINK_COMMANDS.showRun, title: '', arguments: [run.id] };
      item.show();
    } else {
      item.hide();
    }
  };
  owned.add(store.onDidChangeShown(refresh));
  owned.add(store.onDidChangeRun(refresh));
  return owned;
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
