import * as vscode from 'vscode';
import { abortSignalOf } from '../abort-signal.ts';
import type { Services } from '../services.ts';
import { analyzeRun, withCancel } from './analyze-run.ts';
import { pickRun } from './pick-run.ts';

/** Asks for trace files or folders anywhere on this machine, and analyses the run in them. */
export async function openRun(services: Services): Promise<void> {
  const kind = await askKind();
  const uris = kind === undefined ? undefined : await askPaths(kind);
  if (kind === undefined || uris === undefined) {
    return;
  }
  const paths = uris.map((uri) => uri.fsPath);
  const [folders, files] = kind === 'folders' ? [paths, []] : [[], paths];
  const runs = await withCancel(
    vscode.l10n.t('Looking for training runs'),
    async (token) => await services.store.discover(folders, files, abortSignalOf(token)),
  );
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

type Kind = 'files' | 'folders';

/** On Windows and Linux, one dialog of the system shows either files or folders, never both. */
async function askKind(): Promise<Kind | undefined> {
  const items: readonly (vscode.QuickPickItem & { readonly kindToOpen: Kind })[] = [
    {
      label: `$(folder) ${vscode.l10n.t('Folder of Runs…')}`,
      description: vscode.l10n.t('all ranks and captures in it'),
      kindToOpen: 'folders',
    },
    {
      label: `$(file) ${vscode.l10n.t('Files…')}`,
      description: vscode.l10n.t('traces and timing files of one or more ranks'),
      kindToOpen: 'files',
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Open which training run?'),
  });
  return picked?.kindToOpen;
}

async function askPaths(kind: Kind): Promise<readonly vscode.Uri[] | undefined> {
  return await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Training Run'),
    openLabel: vscode.l10n.t('Analyze'),
    canSelectFiles: kind === 'files',
    canSelectFolders: kind === 'folders',
    canSelectMany: true,
    filters: {
      [vscode.l10n.t('Traces and timing files')]: [
        'json',
        'gz',
        'jsonl',
        'parquet',
        'sqlite',
        'pb',
        'pftrace',
        'perfetto-trace',
        'log',
        'out',
        'txt',
      ],
      [vscode.l10n.t('All files')]: ['*'],
    },
  });
}

function tellNothingFound(folders: readonly string[]): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'There is no trace in {0}. Training Sleuth reads traces of the PyTorch profiler, Chrome trace events (*.json, *.json.gz), exports of Nsight Systems (*.sqlite), profiles of JAX and TensorFlow (*.xplane.pb), Perfetto traces (*.pftrace), databases of rocprofv3 (*.db), dumps of NCCL’s flight recorder (_dump_0), timing spans (*.spans.jsonl) and logs with step times (*.log, *.out, *.txt).',
      folders.join(', '),
    ),
  );
}
