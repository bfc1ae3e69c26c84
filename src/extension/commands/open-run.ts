import * as vscode from 'vscode';
import { NoRunFound } from '../runs/run-store.ts';
import type { Services } from '../services.ts';
import { analyzeRun } from './analyze-run.ts';
import { pickRun } from './pick-run.ts';

/** Asks for trace files or folders anywhere on this machine, and analyses the run in them. */
export async function openRun(services: Services): Promise<void> {
  const uris = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Training Run'),
    openLabel: vscode.l10n.t('Analyze'),
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: true,
    filters: {
      [vscode.l10n.t('Traces and timing files')]: ['json', 'gz', 'jsonl'],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
  if (uris === undefined) {
    return;
  }
  const runs = await services.store.discover(uris.map((uri) => uri.fsPath));
  if (runs.length === 0) {
    throw new NoRunFound(
      vscode.l10n.t(
        'Nothing there is a trace that Training Sleuth can read. It reads traces of the PyTorch profiler, Chrome trace events and timing spans (*.spans.jsonl).',
      ),
    );
  }
  const run =
    runs.length === 1 ? runs[0] : await pickRun(runs, vscode.l10n.t('Analyze which run?'));
  if (run !== undefined) {
    await analyzeRun(services, run);
  }
}
