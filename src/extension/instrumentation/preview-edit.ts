import * as vscode from 'vscode';
import type { TextEdit } from '../../core/source/text-edit.ts';

/** Adds edits of a document to those that the user confirms in the refactor preview. */
export function addToPreview(
  edit: vscode.WorkspaceEdit,
  document: vscode.TextDocument,
  edits: readonly TextEdit[],
  label: string,
): void {
  const metadata: vscode.WorkspaceEditEntryMetadata = { needsConfirmation: true, label };
  for (const { from, to, insert } of edits) {
    const range = new vscode.Range(document.positionAt(from), document.positionAt(to));
    edit.replace(document.uri, range, insert, metadata);
  }
}

/** Shows the edits, and makes those that the user confirms, as one step to undo; false where nothing was changed. */
export async function confirmEdit(
  edit: vscode.WorkspaceEdit,
  document: vscode.TextDocument,
): Promise<boolean> {
  const before = document.version;
  return (await vscode.workspace.applyEdit(edit)) && document.version !== before;
}
