import * as vscode from 'vscode';
import { addProfiler, PROFILING_SNIPPET } from '../../core/source/instrumentation/add-profiler.ts';
import { chooseLoop, chooseScript } from '../instrumentation/choose-loop.ts';
import { addToPreview, confirmEdit } from '../instrumentation/preview-edit.ts';
import type { Services } from '../services.ts';
import { parseDocument } from '../source/parsed-documents.ts';

/** Profiles steps of the training loop with the profiler of PyTorch, after a preview; else gives lines to paste. */
export async function insertProfiler(_services: Services, uri?: unknown): Promise<void> {
  const document = await chooseScript(uri);
  if (document === undefined) {
    return;
  }
  const loop = await chooseLoop(document, null);
  const edits = loop === undefined ? [] : addProfiler(parseDocument(document), loop);
  if (edits.length === 0) {
    await offerSnippet(document);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  addToPreview(edit, document, edits, vscode.l10n.t('Profile five steps'));
  if (await confirmEdit(edit, document)) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Save {0} and run it for 14 steps or more. The profile of each rank goes into the folder “profile” and appears in Training Sleuth by itself.',
        vscode.workspace.asRelativePath(document.uri),
      ),
    );
  }
}

async function offerSnippet(document: vscode.TextDocument): Promise<void> {
  const copy = vscode.l10n.t('Copy Snippet');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'There is no place for the profiler of PyTorch in {0} that is sure to be right: the script has a profiler already, or its loop was not recognized. The lines can be copied and put around your loop by hand.',
      vscode.workspace.asRelativePath(document.uri),
    ),
    copy,
  );
  if (choice === copy) {
    await vscode.env.clipboard.writeText(PROFILING_SNIPPET);
  }
}
