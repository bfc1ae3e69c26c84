import * as vscode from 'vscode';
import { setBaseline } from '../commands/set-baseline.ts';
import type { Services } from '../services.ts';
import { fixAppliedArgs } from '../commands/link-args.ts';

/** Says what comes next once a script was edited; behind code actions. */
export async function fixApplied(services: Services, ...args: unknown[]): Promise<void> {
  const [uri, version, runId] = fixAppliedArgs.parse(args);
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
  // Of a preview, nothing may have been wanted.
  if (document === undefined || document.version === version) {
    return;
  }
  const name = vscode.workspace.asRelativePath(document.uri);
  const run = runId === null ? null : services.store.find(runId);
  const save = vscode.l10n.t('Save');
  const compare = vscode.l10n.t('Save, and Compare New Runs with This One');
  const choice = await vscode.window.showInformationMessage(
    run === null
      ? vscode.l10n.t('{0} was edited. Save it and run your training.', name)
      : vscode.l10n.t(
          '{0} was edited. Save it and run your training again, under another name (SLEUTH_RUN=…) to keep {1}; the new run can be compared with this one.',
          name,
          run.group.name,
        ),
    ...(run === null ? [save] : [compare, save]),
  );
  if (choice !== undefined) {
    await document.save();
  }
  if (choice === compare && run !== null) {
    await setBaseline(services, { kind: 'run', run });
  }
}
