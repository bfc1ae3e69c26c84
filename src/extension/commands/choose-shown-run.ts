import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { pickRun } from './pick-run.ts';

/** Chooses whose hints and findings stand beside the code. */
export async function chooseShownRun({ store }: Services): Promise<void> {
  const runs = store.runs.filter((run) => run.analyzed !== null);
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No run is analyzed yet. Use “Analyze Training Run” first.'),
    );
    return;
  }
  const run = await pickRun(runs, vscode.l10n.t('Show hints and findings of which run?'));
  if (run !== undefined) {
    store.show(run);
  }
}
