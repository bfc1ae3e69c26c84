import * as vscode from 'vscode';
import * as z from 'zod';
import { baselinePathOf } from '../runs/baseline-runs.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { Services } from '../services.ts';
import { setBaselinePath } from '../settings.ts';
import { pickRun } from './pick-run.ts';

/** The tree gives the row on which the command was chosen. */
const nodeArgs = z.object({ kind: z.literal('run'), run: z.instanceof(TrainingRun) });

/** Compares the runs of the workspace with this one from now on. */
export async function setBaseline({ store }: Services, ...args: unknown[]): Promise<void> {
  const node = nodeArgs.safeParse(args[0]);
  const run = node.success
    ? node.data.run
    : await pickRun(store.runs, vscode.l10n.t('Compare with which run?'));
  if (run === undefined) {
    return;
  }
  const path = baselinePathOf(
    run.group,
    store.runs.map(({ group }) => group),
  );
  if (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} lies outside of the folders that are open, and is not read as a baseline. Open its folder, or copy the run into the workspace.',
        run.group.name,
      ),
    );
    return;
  }
  await setBaselinePath(path);
}

export async function clearBaseline(): Promise<void> {
  await setBaselinePath(null);
}
