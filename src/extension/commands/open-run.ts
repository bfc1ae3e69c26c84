import * as vscode from 'vscode';
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
  const { files, folders } = await splitKinds(uris);
  const runs = await services.store.discover(folders, files);
  if (runs.length === 0) {
    tellNothingFound(folders);
    return;
  }
  const run =
    runs.length === 1 ? runs[0] : await pickRun(runs, vscode.l10n.t('Analyze which run?'));
  if (run !== undefined) {
    await analyzeRun(services, run);
  }
}

async function splitKinds(
  uris: readonly vscode.Uri[],
): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const uri of uris) {
    const { type } = await vscode.workspace.fs.stat(uri);
    (type === vscode.FileType.Directory ? folders : files).push(uri.fsPath);
  }
  return { files, folders };
}

function tellNothingFound(folders: readonly string[]): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'There is no trace in {0}. Training Sleuth reads traces of the PyTorch profiler, Chrome trace events (*.json, *.json.gz) and timing spans (*.spans.jsonl).',
      folders.join(', '),
    ),
  );
}
