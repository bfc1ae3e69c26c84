import * as vscode from 'vscode';
import { isInstrumented } from '../../core/source/instrumentation/instrument.ts';
import { COMMANDS } from '../ids.ts';
import { parseDocument } from '../source/parsed-documents.ts';
import { loopsOf } from './choose-loop.ts';

/** Longer documents are not parsed for an offer. */
const MAX_LINES = 10_000;

/** Offers, at the head of a loop that trains, to time what it does. */
export function registerLoopActions(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { language: 'python', scheme: 'file' },
    { provideCodeActions },
    { providedCodeActionKinds: [vscode.CodeActionKind.Refactor] },
  );
}

function provideCodeActions(
  document: vscode.TextDocument,
  { start }: vscode.Range,
): vscode.CodeAction[] {
  const head = document.lineAt(start.line).text.trimStart();
  if (!/^(for|while|async|def)\b/.test(head) || document.lineCount > MAX_LINES) {
    return [];
  }
  const line = start.line + 1;
  if (
    !loopsOf(document).some((loop) => loop.line === line) ||
    isInstrumented(parseDocument(document))
  ) {
    return [];
  }
  const action = new vscode.CodeAction(
    vscode.l10n.t('Time this training loop with Training Sleuth'),
    vscode.CodeActionKind.Refactor,
  );
  action.command = {
    command: COMMANDS.instrumentLoop,
    title: action.title,
    arguments: [document.uri, line],
  };
  return [action];
}
