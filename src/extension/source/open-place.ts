import * as vscode from 'vscode';
import type { LocationHow, SourceCandidates } from '../../core/model/source-candidate.ts';
import { COMMANDS } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { isStale } from './moved-lines.ts';
import type { RecordedPlace } from './recorded-script.ts';
import type { ResolvedPlace, SourceResolver } from './source-resolver.ts';

export interface OpenOutcome {
  /** `train.py:61`; null where nothing was opened. */
  readonly opened: string | null;
  /** How the line was found, or why nothing was opened and what to do. */
  readonly reason: string;
}

/** Opens the line that the candidates lead to; asks where several files match, and remembers the answer. */
export async function openCandidates(
  resolver: SourceResolver,
  candidates: SourceCandidates,
  run: TrainingRun,
): Promise<OpenOutcome> {
  const places = await resolver.resolve(candidates, run);
  if (places.length === 0) {
    const reason = whyNothing(candidates);
    void vscode.window.showInformationMessage(reason);
    return { opened: null, reason };
  }
  const place = places.length === 1 ? places[0] : await choosePlace(places, resolver);
  if (place === undefined) {
    return { opened: null, reason: vscode.l10n.t('Nothing was chosen.') };
  }
  const outcome = await openPlace(place);
  if (isStale(place.state)) {
    void offerComparison(place, run);
  }
  return outcome;
}

/** The line is only where it was: says so, and shows what it was on demand. */
async function offerComparison(place: ResolvedPlace, run: TrainingRun): Promise<void> {
  const name = vscode.workspace.asRelativePath(place.path);
  const compare = vscode.l10n.t('Compare with Recorded');
  const choice = await vscode.window.showWarningMessage(
    place.state === 'gone'
      ? vscode.l10n.t(
          'The line of {0} that {1} names is gone; it stood here when the run was recorded.',
          name,
          run.group.name,
        )
      : vscode.l10n.t(
          'Line {0} of {1} was changed after {2} was recorded; what is said of it may no longer hold.',
          place.line,
          name,
          run.group.name,
        ),
    compare,
  );
  if (choice === compare) {
    const args: RecordedPlace & { readonly runId: string } = {
      runId: run.id,
      file: place.key,
      path: place.path,
      line: place.line,
    };
    await vscode.commands.executeCommand(COMMANDS.compareWithRecorded, args);
  }
}

/** Opens a file at a line; a line past the end becomes the last one, and the user is told. */
export async function openPlace(place: ResolvedPlace): Promise<OpenOutcome> {
  if (place.cell !== null) {
    return await openCell(place, place.cell);
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(place.path));
  const name = vscode.workspace.asRelativePath(document.uri);
  const line = Math.min(Math.max(place.line, 1), document.lineCount);
  const column = document.lineAt(line - 1).firstNonWhitespaceCharacterIndex;
  const position = new vscode.Position(line - 1, column);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(position, position),
    viewColumn: columnForCode(document.uri),
    preview: false,
  });
  if (line !== place.line) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} has only {1} lines now; the trace names line {2}. The file has changed since the run was recorded.',
        name,
        document.lineCount,
        place.line,
      ),
    );
  }
  return { opened: `${name}:${line}`, reason: describePlace(place) };
}

async function openCell(place: ResolvedPlace, index: number): Promise<OpenOutcome> {
  const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(place.path));
  const name = vscode.workspace.asRelativePath(notebook.uri);
  const cell = notebook.cellAt(Math.min(index, notebook.cellCount - 1));
  const position = new vscode.Position(Math.min(place.line, cell.document.lineCount) - 1, 0);
  await vscode.window.showNotebookDocument(notebook, {
    selections: [new vscode.NotebookRange(cell.index, cell.index + 1)],
    viewColumn: columnForCode(notebook.uri),
    preview: false,
  });
  await vscode.commands.executeCommand('vscode.open', cell.document.uri, {
    selection: new vscode.Range(position, position),
    preview: false,
  } satisfies vscode.TextDocumentShowOptions);
  const opened = vscode.l10n.t('{0}, cell {1}, line {2}', name, cell.index + 1, place.line);
  return { opened, reason: describePlace(place) };
}

/** How the line was found, and how sure that is. */
function describePlace(place: ResolvedPlace): string {
  if (place.isFunction) {
    return vscode.l10n.t(
      'The call stack in the trace tells the function; which of its lines made the call is not certain.',
    );
  }
  const how = describeHow(place.how);
  return place.certainty === 'sure' || place.how === 'structure'
    ? how
    : vscode.l10n.t('{0} It is likely, but not certain.', how);
}

export function describeHow(how: LocationHow): string {
  switch (how) {
    case 'recorded':
      return vscode.l10n.t('The line was recorded with the span.');
    case 'stack':
      return vscode.l10n.t('The line comes from the call stack in the trace.');
    case 'annotation':
      return vscode.l10n.t('The line is where the code names this span.');
    case 'structure':
      return vscode.l10n.t('The line is inferred from the structure of the code.');
  }
}

async function choosePlace(
  places: readonly ResolvedPlace[],
  resolver: SourceResolver,
): Promise<ResolvedPlace | undefined> {
  const picked = await vscode.window.showQuickPick(
    places.map((place) => ({
      label: labelOf(place),
      description: place.path,
      place,
    })),
    {
      title: vscode.l10n.t('Which of these lines does the trace mean?'),
      placeHolder: vscode.l10n.t('The answer is remembered for this workspace'),
    },
  );
  if (picked !== undefined && !isOneFile(places)) {
    await resolver.remember(picked.place);
  }
  return picked?.place;
}

/** Which line of a file made a call is no question of paths. */
function isOneFile(places: readonly ResolvedPlace[]): boolean {
  return (
    places.every(({ how }) => how === 'stack' || how === 'recorded') &&
    new Set(places.map(({ path }) => path)).size === 1
  );
}

function labelOf({ path, cell, line }: ResolvedPlace): string {
  const name = vscode.workspace.asRelativePath(path);
  return cell === null
    ? `${name}:${line}`
    : vscode.l10n.t('{0}, cell {1}, line {2}', name, cell + 1, line);
}

/** Where the file is open already, else beside the run editor, so that both stay in sight. */
function columnForCode(uri: vscode.Uri): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const open = all.find((group) =>
    group.tabs.some(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.fsPath === uri.fsPath,
    ),
  );
  const isRunInFront = activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom;
  return open?.viewColumn ?? (isRunInFront ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
}

function whyNothing({ locations, annotations }: SourceCandidates): string {
  const file = locations[0]?.file;
  if (file !== undefined) {
    return vscode.l10n.t(
      'No file of this workspace matches {0}. Open the folder that holds it, or map it with the setting trainingSleuth.sourceMap.',
      file,
    );
  }
  const name = annotations[0];
  return name === undefined
    ? vscode.l10n.t(
        'The trace does not tell where in the code this is. Record with the Training Sleuth recorder, or with with_stack=True.',
      )
    : vscode.l10n.t(
        'No Python file of this workspace names a span “{0}”. Open the folder that holds the training script.',
        name,
      );
}
