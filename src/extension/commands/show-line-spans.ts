import * as vscode from 'vscode';
import * as z from 'zod';
import { queryOfLine, queryOfPhases, queryOfPlace } from '../../core/hints/line-query.ts';
import type { Services } from '../services.ts';

/** Links and actions name the line; the palette and menus mean that of the cursor. */
const lineArgs = z.tuple([z.string(), z.int().positive()]);

/** Opens the shown run with all spans of a line lit, of all steps and ranks. */
export async function showLineSpans(services: Services, ...args: unknown[]): Promise<void> {
  await services.lines.settle();
  const place = readPlace(args);
  const run = services.lines.analysis?.run ?? null;
  if (place === null || run === null) {
    void vscode.window.showInformationMessage(
      place === null
        ? vscode.l10n.t('Put the cursor on a line of a training script first.')
        : vscode.l10n.t('No run is shown beside the code. Use “Choose Shown Run” first.'),
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument(place.uri);
  const shown = services.lines.read(document).find(({ line }) => line === place.line);
  const query =
    shown === undefined
      ? queryOfPlace(document.uri.fsPath, place.line)
      : shown.how === 'structure'
        ? queryOfPhases(shown.costs)
        : queryOfLine(shown.costs);
  await services.editor.open(run, { rank: null, finding: null, query });
}

function readPlace(args: readonly unknown[]): { uri: vscode.Uri; line: number } | null {
  const named = lineArgs.safeParse(args);
  if (named.success) {
    return { uri: vscode.Uri.parse(named.data[0]), line: named.data[1] };
  }
  const editor = vscode.window.activeTextEditor;
  return editor === undefined
    ? null
    : { uri: editor.document.uri, line: editor.selection.active.line + 1 };
}
