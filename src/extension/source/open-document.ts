import * as vscode from 'vscode';

/** Longer scripts are not worth their tree. */
const MAX_SCRIPT_BYTES = 2e6;

/** A Python file as it is in the editor or on disk; null where it is none, is gone, or is far too long. */
export async function openScript(path: string): Promise<vscode.TextDocument | null> {
  if (!path.endsWith('.py')) {
    return null;
  }
  const uri = vscode.Uri.file(path);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    return size > MAX_SCRIPT_BYTES ? null : await vscode.workspace.openTextDocument(uri);
  } catch {
    return null;
  }
}
