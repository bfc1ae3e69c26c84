import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { EXCLUDED_FOLDERS } from '../source/workspace-files.ts';

const RECORDER_FILE = 'training_sleuth.py';

const MAX_SCRIPTS = 50;

/** Copies the recorder beside the training script, after asking where. */
export async function addRecorder({ extensionUri }: Services): Promise<void> {
  const folder = await chooseFolder();
  if (folder === undefined) {
    return;
  }
  const target = vscode.Uri.joinPath(folder, RECORDER_FILE);
  if (!(await mayWrite(target))) {
    return;
  }
  const source = vscode.Uri.joinPath(extensionUri, 'recorder', RECORDER_FILE);
  await vscode.workspace.fs.copy(source, target, { overwrite: true });
  await vscode.window.showTextDocument(target, { preview: false });
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} was added. Its first lines show how to time your training loop; train a few steps, and the run appears here.',
      vscode.workspace.asRelativePath(target),
    ),
  );
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const elsewhere = vscode.l10n.t('Choose Folder…');
  const picked = await vscode.window.showQuickPick(
    [
      ...(await foldersOfScripts()).map((path) => ({
        label: vscode.workspace.asRelativePath(path),
        description: path,
        path,
      })),
      { label: elsewhere, description: '', path: null },
    ],
    { title: vscode.l10n.t('Add the recorder to which folder?') },
  );
  if (picked === undefined) {
    return undefined;
  }
  if (picked.path !== null) {
    return vscode.Uri.file(picked.path);
  }
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0];
}

/** Folders with Python scripts, training scripts first, and the folders of the workspace. */
async function foldersOfScripts(): Promise<string[]> {
  const scripts = await vscode.workspace.findFiles('**/*.py', EXCLUDED_FOLDERS, MAX_SCRIPTS);
  const paths = scripts.map((uri) => uri.fsPath).sort();
  const training = paths.filter((path) => /train[^/\\]*\.py$/.test(path));
  const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return [...new Set([...training.map(dirname), ...roots, ...paths.map(dirname)])];
}

async function mayWrite(target: vscode.Uri): Promise<boolean> {
  const exists = await vscode.workspace.fs.stat(target).then(
    () => true,
    () => false,
  );
  if (!exists) {
    return true;
  }
  const replace = vscode.l10n.t('Replace');
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} is already there.', vscode.workspace.asRelativePath(target)),
    { modal: true },
    replace,
  );
  return choice === replace;
}
