import * as vscode from 'vscode';
import type { PythonCode } from '../../core/source/python-code.ts';
import type { TrainingLoop } from '../../core/source/training-code.ts';
import { findTrainingLoops } from '../../core/source/training-loops.ts';
import { parseDocument } from '../source/parsed-documents.ts';
import { EXCLUDED_FOLDERS } from '../source/workspace-files.ts';

const MAX_SCRIPTS = 500;

const loopsByCode = new WeakMap<PythonCode, readonly TrainingLoop[]>();

/** The loops of a document as it is now that train; looked for once a version. */
export function loopsOf(document: vscode.TextDocument): readonly TrainingLoop[] {
  const code = parseDocument(document);
  const known = loopsByCode.get(code) ?? findTrainingLoops(code);
  loopsByCode.set(code, known);
  return known;
}

/** The Python file that a command was called on, else the one in the editor, else one that the user chooses. */
export async function chooseScript(given: unknown): Promise<vscode.TextDocument | undefined> {
  if (given instanceof vscode.Uri) {
    return await vscode.workspace.openTextDocument(given);
  }
  const active = activeScript();
  if (active !== undefined) {
    return await vscode.workspace.openTextDocument(active);
  }
  const found = await vscode.workspace.findFiles('**/*.py', EXCLUDED_FOLDERS, MAX_SCRIPTS);
  if (found.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'This workspace has no Python files. Open the folder that holds your training script.',
      ),
    );
    return undefined;
  }
  const isTraining = (uri: vscode.Uri): boolean => /train[^/\\]*\.py$/.test(uri.fsPath);
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort(
      (a, b) =>
        Number(isTraining(b.uri)) - Number(isTraining(a.uri)) || a.label.localeCompare(b.label),
    );
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Which script trains?'),
  });
  return picked === undefined ? undefined : await vscode.workspace.openTextDocument(picked.uri);
}

/** By its tab where its editor is not there yet, as when VS Code has just started. */
function activeScript(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'python') {
    return document.uri;
  }
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText && input.uri.path.endsWith('.py')
    ? input.uri
    : undefined;
}

/** The only loop, the one of a line, or the one that the user chooses; undefined where there is none, or nothing is chosen. */
export async function chooseLoop(
  document: vscode.TextDocument,
  line: unknown,
): Promise<TrainingLoop | undefined> {
  const loops = loopsOf(document);
  const atLine = loops.find((loop) => loop.line === line);
  if (atLine !== undefined || loops.length < 2) {
    return atLine ?? loops[0];
  }
  const picked = await vscode.window.showQuickPick(
    loops.map((loop) => ({
      label: document.lineAt(loop.line - 1).text.trim(),
      description:
        loop.functionName === null
          ? vscode.l10n.t('line {0}', loop.line)
          : vscode.l10n.t('line {0}, in {1}', loop.line, loop.functionName),
      loop,
    })),
    { title: vscode.l10n.t('Which of these loops?') },
  );
  return picked?.loop;
}
