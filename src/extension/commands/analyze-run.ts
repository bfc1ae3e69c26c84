import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { discoverWorkspace } from '../runs/workspace-runs.ts';
import type { Services } from '../services.ts';
import { pickRun } from './pick-run.ts';

/** Finds the runs of the workspace, asks which if there are several, and analyses it. */
export async function analyzeWorkspaceRun(services: Services): Promise<void> {
  const { store, log } = services;
  const { fileCount, isWhole } = await withCancel(
    vscode.l10n.t('Looking for training runs'),
    async (token) => await discoverWorkspace(store, { inAll: true, token }),
  );
  if (!isWhole) {
    log.warn(`only ${fileCount} files that may be traces were looked into; there are more`);
  }
  const { runs } = store;
  if (runs.length === 0) {
    await offerOtherWays();
    return;
  }
  const run =
    runs.length === 1 ? runs[0] : await pickRun(runs, vscode.l10n.t('Analyze which run?'));
  if (run !== undefined) {
    await analyzeRun(services, run);
  }
}

/** Does work under a notification that can cancel it. */
export async function withCancel<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return await vscode.window.withProgress(
    { location, title, cancellable: true },
    async (_, token) => await work(token),
  );
}

/** Analyses a run under a progress notification that can cancel it, then opens it. */
export async function analyzeRun({ store, editor }: Services, run: TrainingRun): Promise<void> {
  const hold = run.hold();
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Analyzing {0}', run.group.name),
        cancellable: true,
      },
      async (progress, token) => {
        token.onCancellationRequested(() => run.cancel());
        const subscription = reportProgress(run, progress, store.onDidChangeRun);
        try {
          await run.analyzeAgain();
        } finally {
          subscription.dispose();
        }
      },
    );
    store.show(run);
    await editor.open(run);
  } finally {
    hold.dispose();
  }
}

function reportProgress(
  run: TrainingRun,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  onDidChangeRun: vscode.Event<TrainingRun>,
): vscode.Disposable {
  let reached = 0;
  return onDidChangeRun((changed) => {
    const { state } = run;
    if (changed === run && state.kind === 'analyzing') {
      progress.report({ message: state.text, increment: Math.max(0, state.percent - reached) });
      reached = Math.max(reached, state.percent);
    }
  });
}

async function offerOtherWays(): Promise<void> {
  const open = vscode.l10n.t('Open Run…');
  const add = vscode.l10n.t('Add Recorder');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No traces or timing files were found in this workspace. Open one from elsewhere, or add the recorder to your training script and train a few steps.',
    ),
    open,
    add,
  );
  if (choice !== undefined) {
    await vscode.commands.executeCommand(choice === open ? COMMANDS.openRun : COMMANDS.addRecorder);
  }
}
