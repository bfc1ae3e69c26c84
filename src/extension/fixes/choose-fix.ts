import * as vscode from 'vscode';
import type { Finding } from '../../core/model/report.ts';
import { LINK_COMMANDS } from '../ids.ts';
import { confirmEdit } from '../instrumentation/preview-edit.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { FindingFixes, LocatedFix } from './finding-fixes.ts';
import { firstLineOf, workspaceEditOf } from './fix-edit.ts';
import type { OpenOutcome } from '../source/open-place.ts';

interface FixItem extends vscode.QuickPickItem {
  readonly located: LocatedFix;
}

/** Asks which of the fixes of a finding to make, shows what it would change at its line, and makes it if wanted. */
export async function chooseFix(
  fixes: FindingFixes,
  run: TrainingRun,
  finding: Finding,
): Promise<OpenOutcome> {
  const found = await fixes.find(run, finding);
  if (found.length === 0) {
    const reason = vscode.l10n.t(
      'No edit can be offered safely for “{0}”: it is made already, or the script does not show that it is safe. The advice of the finding says what to try.',
      finding.title,
    );
    void vscode.window.showInformationMessage(reason);
    return { opened: null, reason };
  }
  const picked = await vscode.window.showQuickPick(found.map(describe), {
    title: vscode.l10n.t('How to fix “{0}”?', finding.title),
    placeHolder: vscode.l10n.t('Each change is shown before it is made'),
    matchOnDetail: true,
  });
  if (picked === undefined) {
    return { opened: null, reason: vscode.l10n.t('Nothing was changed.') };
  }
  return await preview(picked.located, run);
}

function describe(located: LocatedFix): FixItem {
  const { document, fix } = located;
  const place = vscode.workspace.asRelativePath(document.uri);
  return {
    label: fix.title,
    description: fix.edits.length === 0 ? '' : `${place}:${firstLineOf(located) + 1}`,
    detail: fix.explanation.replaceAll('\n', ' '),
    located,
  };
}

async function preview(located: LocatedFix, run: TrainingRun): Promise<OpenOutcome> {
  const { document, fix } = located;
  if (fix.edits.length === 0) {
    await vscode.env.openExternal(vscode.Uri.parse(fix.link ?? '', true));
    return { opened: null, reason: vscode.l10n.t('The page about it was opened.') };
  }
  const line = firstLineOf(located);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(line, 0, line, 0),
    preview: false,
  });
  const { version } = document;
  if (!(await confirmEdit(workspaceEditOf(located, { hasPreview: true }), document))) {
    return { opened: null, reason: vscode.l10n.t('Nothing was changed.') };
  }
  void vscode.commands.executeCommand(
    LINK_COMMANDS.fixApplied,
    document.uri.toString(),
    version,
    run.id,
  );
  return {
    opened: `${vscode.workspace.asRelativePath(document.uri)}:${line + 1}`,
    reason: vscode.l10n.t('The script was edited.'),
  };
}
