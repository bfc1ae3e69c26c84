import * as vscode from 'vscode';
import {
  type FollowedLine,
  LineDifferences,
  type LineState,
} from '../../core/source/line-differences.ts';
import type { SourceLocation } from '../../core/model/source-candidate.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { diskVersion } from './disk-version.ts';
import type { EditLog } from './edit-log.ts';
import { readSmallFile, type RecordedText, type RecordedTexts } from './recorded-texts.ts';

/** Typing pauses for so long before its lines are looked at again. */
const PAUSE_MS = 400;

/** Whether a line is no longer what was recorded, so that nothing should be said of it as if it were. */
export function isStale(state: LineState): boolean {
  return state === 'changed' || state === 'gone';
}

interface Comparison {
  readonly version: string;
  readonly differences: LineDifferences | null;
}

/** Where the lines of a recorded script are now, in the editor or else on disk. */
export class MovedLines implements vscode.Disposable {
  readonly #comparisons = new WeakMap<RecordedText, Map<string, Promise<Comparison>>>();
  readonly #followed = new Set<string>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  /** A file whose lines were followed was typed into, and now stays as it is for a while; or more can be known. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly texts: RecordedTexts,
    private readonly edits: EditLog,
  ) {
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.#followed.has(document.uri.fsPath)) {
          this.#tellSoon();
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
    );
  }

  /** Where a line of a script is that a run names, the script being at a path now. */
  async follow(run: TrainingRun, place: SourceLocation, path: string): Promise<FollowedLine> {
    this.#followed.add(path);
    const recorded = await this.texts.find(run, place.file, path);
    const differences = recorded === null ? null : await this.#compare(recorded, path);
    return differences?.follow(place.line) ?? (await this.#followEdits(run, place, path));
  }

  /** The script as it was when the run was recorded; null where nothing tells. */
  async readRecorded(run: TrainingRun, file: string, path: string): Promise<RecordedText | null> {
    return await this.texts.find(run, file, path);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Compares once for each version of the file. */
  async #compare(recorded: RecordedText, path: string): Promise<LineDifferences | null> {
    const byPath = this.#comparisons.get(recorded) ?? new Map<string, Promise<Comparison>>();
    this.#comparisons.set(recorded, byPath);
    const document = openDocument(path);
    const version = document === null ? await diskVersion(path) : `editor ${document.version}`;
    const known = await byPath.get(path);
    if (known?.version === version) {
      return known.differences;
    }
    const comparison = compareWith(recorded, path, document).then((differences) => ({
      version,
      differences,
    }));
    byPath.set(path, comparison);
    return (await comparison).differences;
  }

  /** Without the recorded text: what was typed is known, and that a file was written since. */
  async #followEdits(
    run: TrainingRun,
    { line }: SourceLocation,
    path: string,
  ): Promise<FollowedLine> {
    const now = this.edits.followFrom(run.modifiedMs, path, line);
    const isWritten = parseFloat(await diskVersion(path)) > run.modifiedMs;
    return { line: now, state: isWritten ? 'unknown' : now === line ? 'same' : 'moved' };
  }

  #tellSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(), PAUSE_MS);
  }
}

async function compareWith(
  recorded: RecordedText,
  path: string,
  document: vscode.TextDocument | null,
): Promise<LineDifferences | null> {
  if (document !== null) {
    return LineDifferences.between(recorded.text, document.getText());
  }
  const text = await readSmallFile(path);
  return text === null
    ? null
    : LineDifferences.between(recorded.text, new TextDecoder().decode(text));
}

function openDocument(path: string): vscode.TextDocument | null {
  return (
    vscode.workspace.textDocuments.find(
      ({ uri, isClosed }) => uri.scheme === 'file' && !isClosed && uri.fsPath === path,
    ) ?? null
  );
}
