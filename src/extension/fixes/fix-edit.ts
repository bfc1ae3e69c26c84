import * as vscode from 'vscode';
import type { LocatedFix } from './finding-fixes.ts';

/** The edit of a fix; with a preview, VS Code shows each change and asks before it is made. */
export function workspaceEditOf(
  { document, fix }: LocatedFix,
  { hasPreview }: { readonly hasPreview: boolean },
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const metadata = hasPreview
    ? { needsConfirmation: true, label: fix.title, description: fix.explanation }
    : undefined;
  for (const { from, to, insert } of fix.edits) {
    const range = new vscode.Range(document.positionAt(from), document.positionAt(to));
    edit.replace(document.uri, range, insert, metadata);
  }
  return edit;
}

/** The line of the first edit, from 0. */
export function firstLineOf({ document, fix }: LocatedFix): number {
  const offsets = fix.edits.map(({ from }) => from);
  return document.positionAt(Math.min(...offsets)).line;
}
