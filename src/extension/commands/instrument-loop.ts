import * as vscode from 'vscode';
import { instrument, isInstrumented } from '../../core/source/instrumentation/instrument.ts';
import { removeInstrumentation } from '../../core/source/instrumentation/remove-instrumentation.ts';
import { COMMANDS } from '../ids.ts';
import { chooseLoop, chooseScript } from '../instrumentation/choose-loop.ts';
import { addToPreview, confirmEdit } from '../instrumentation/preview-edit.ts';
import type { Services } from '../services.ts';
import { parseDocument } from '../source/parsed-documents.ts';

const RECORDER_FILE = 'training_sleuth.py';

/** Puts spans around what a training loop does, and the recorder beside the script, after a preview. */
export async function instrumentLoop(
  { extensionUri }: Services,
  uri?: unknown,
  line?: unknown,
): Promise<void> {
  const document = await chooseScript(uri);
  if (document === undefined) {
    return;
  }
  const code = parseDocument(document);
  if (isInstrumented(code)) {
    await offerRemoval(document);
    return;
  }
  const loop = await chooseLoop(document, line);
  const edits = loop === undefined ? [] : instrument(code, loop);
  if (loop === undefined || edits.length === 0) {
    tellNoLoop(document, loop !== undefined);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  await addRecorderFile(edit, document.uri, extensionUri);
  addToPreview(edit, document, edits, vscode.l10n.t('Time what the training loop does'));
  if (await confirmEdit(edit, document)) {
    await vscode.window.showTextDocument(document, { preview: false });
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The training loop of {0} is timed. Save it and run your training as usual: the run appears in Training Sleuth by itself.',
        vscode.workspace.asRelativePath(document.uri),
      ),
    );
  }
}

/** Takes away what {@link instrumentLoop} put in. */
export async function removeSpans(_services: Services, uri?: unknown): Promise<void> {
  const document = await chooseScript(uri);
  if (document === undefined) {
    return;
  }
  const name = vscode.workspace.asRelativePath(document.uri);
  const { edits, leftLines } = removeInstrumentation(parseDocument(document));
  if (edits.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has no spans that Training Sleuth put there.', name),
    );
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  addToPreview(edit, document, edits, vscode.l10n.t('Remove the spans of Training Sleuth'));
  if (!(await confirmEdit(edit, document))) {
    return;
  }
  const [first] = leftLines;
  void vscode.window.showInformationMessage(
    first === undefined
      ? vscode.l10n.t('{0} is as it was before it was timed.', name)
      : vscode.l10n.t(
          'The spans were removed, but line {1} of {0} still uses the recorder, so its import stays.',
          name,
          first,
        ),
  );
}

/** Beside the script, where Python finds it; part of the same edit, so that it is undone with it. */
async function addRecorderFile(
  edit: vscode.WorkspaceEdit,
  script: vscode.Uri,
  extensionUri: vscode.Uri,
): Promise<void> {
  const target = vscode.Uri.joinPath(script, '..', RECORDER_FILE);
  const exists = await vscode.workspace.fs.stat(target).then(
    () => true,
    () => false,
  );
  if (!exists) {
    const source = vscode.Uri.joinPath(extensionUri, 'recorder', RECORDER_FILE);
    const contents = await vscode.workspace.fs.readFile(source);
    // Without `needsConfirmation` it is ticked in the preview: the script is of no use without it.
    edit.createFile(target, { ignoreIfExists: true, contents });
  }
}

async function offerRemoval(document: vscode.TextDocument): Promise<void> {
  const remove = vscode.l10n.t('Remove Instrumentation');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} uses the recorder already. Run your training: the run appears by itself.',
      vscode.workspace.asRelativePath(document.uri),
    ),
    remove,
  );
  if (choice === remove) {
    await vscode.commands.executeCommand(COMMANDS.removeInstrumentation, document.uri);
  }
}

function tellNoLoop(document: vscode.TextDocument, hasLoop: boolean): void {
  const name = vscode.workspace.asRelativePath(document.uri);
  void vscode.window.showInformationMessage(
    hasLoop
      ? vscode.l10n.t(
          'The training loop of {0} has no statements that spans can be put around. Add them by hand, as the first lines of the recorder show.',
          name,
        )
      : vscode.l10n.t(
          'No training loop was recognized in {0}: one that gets batches, calls backward and steps an optimizer. Open the script that has it, or add spans by hand, as the first lines of the recorder show.',
          name,
        ),
  );
}
