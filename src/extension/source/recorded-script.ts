import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { TrainingRun } from '../runs/training-run.ts';
import type { MovedLines } from './moved-lines.ts';

/** Of documents that show a script as it was when a run was recorded. */
const SCHEME = 'training-sleuth-recorded';

const MAX_DOCUMENTS = 20;

/** A script that a run names. */
export interface RecordedPlace {
  /** As recorded. */
  readonly file: string;
  readonly path: string;
  /** From 1, in the file as it is now. */
  readonly line: number;
}

/** Shows scripts as they ran, beside what they are now. */
export class RecordedScripts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly moved: MovedLines) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens VS Code's comparison of a script; tells the user where what ran is not known. */
  async compare(run: TrainingRun, { file, path, line }: RecordedPlace): Promise<void> {
    const recorded = await this.moved.readRecorded(run, file, path);
    if (recorded === null) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'What {0} said when {1} was recorded is not known: it was neither committed nor analyzed before it was edited.',
          basename(path),
          run.group.name,
        ),
      );
      return;
    }
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: vscode.Uri.file(path).path,
      query: run.id,
    });
    this.#texts.delete(uri.toString());
    this.#texts.set(uri.toString(), recorded.text);
    if (this.#texts.size > MAX_DOCUMENTS) {
      this.#texts.delete(this.#texts.keys().next().value ?? '');
    }
    const title = recorded.isSure
      ? vscode.l10n.t('{0} as recorded in {1} ↔ now', basename(path), run.group.name)
      : vscode.l10n.t('{0} as committed before {1} ↔ now', basename(path), run.group.name);
    const at = new vscode.Range(Math.max(0, line - 1), 0, Math.max(0, line - 1), 0);
    await vscode.commands.executeCommand('vscode.diff', uri, vscode.Uri.file(path), title, {
      selection: at,
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
