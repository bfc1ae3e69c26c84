import * as vscode from 'vscode';
import { ANY_RUN_EDITOR, RUN_EDITOR } from '../ids.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { RunDocument } from './run-document.ts';
import { renderTimelinePage } from './timeline-page.ts';
import { type RunView, type SessionServices, TimelineSession } from './timeline-session.ts';

/** The run editor: opens trace files, and runs by their first file. */
export class TimelineEditor
  implements vscode.CustomReadonlyEditorProvider<RunDocument>, vscode.Disposable
{
  readonly #sessions = new Set<TimelineSession>();
  readonly #dist: vscode.Uri;
  readonly #registration: vscode.Disposable;

  constructor(
    extensionUri: vscode.Uri,
    private readonly services: SessionServices,
  ) {
    this.#dist = vscode.Uri.joinPath(extensionUri, 'dist');
    this.#registration = vscode.Disposable.from(
      ...[RUN_EDITOR, ANY_RUN_EDITOR].map((viewType) =>
        vscode.window.registerCustomEditorProvider(viewType, this, {
          supportsMultipleEditorsPerDocument: true,
        }),
      ),
    );
  }

  openCustomDocument(uri: vscode.Uri): RunDocument {
    return new RunDocument(uri, this.services.store);
  }

  resolveCustomEditor(document: RunDocument, panel: vscode.WebviewPanel): void {
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#dist] };
    const session = new TimelineSession(document, panel, this.services);
    this.#sessions.add(session);
    panel.onDidDispose(() => {
      this.#sessions.delete(session);
      session.dispose();
    });
    panel.webview.html = renderTimelinePage(panel.webview, this.#dist);
  }

  /** Opens the run, or brings its editor to the front, and shows the rank or the evidence if given. */
  async open(run: TrainingRun, view: RunView = { rank: null, finding: null }): Promise<void> {
    const open = await this.#findSession(run);
    const path = open?.document.uri.fsPath ?? fileToOpen(run, view.rank);
    if (path === undefined) {
      return;
    }
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(path),
      open?.panel.viewType ?? RUN_EDITOR,
      open?.panel.viewColumn,
    );
    const session = await this.#findSession(run);
    session?.reveal(view);
  }

  /** The run editor in front. */
  requireActive(): TimelineSession {
    for (const session of this.#sessions) {
      if (session.panel.active) {
        return session;
      }
    }
    throw new Error(vscode.l10n.t('Open a training run first: no run editor is in front.'));
  }

  dispose(): void {
    this.#registration.dispose();
    for (const session of this.#sessions) {
      session.dispose();
    }
    this.#sessions.clear();
  }

  async #findSession(run: TrainingRun): Promise<TimelineSession | null> {
    for (const session of this.#sessions) {
      const own = await session.document.run.catch(() => null);
      if (own === run) {
        return session;
      }
    }
    return null;
  }
}

function fileToOpen({ group: { files } }: TrainingRun, rank: number | null): string | undefined {
  return (files.find((file) => file.rank === rank) ?? files[0])?.path;
}
