import * as vscode from 'vscode';
import { followLine, type LineEdit } from '../../core/source/follow-line.ts';

/** So many edits are kept of a file; who types more records a new run. */
const MAX_EDITS = 5_000;

/** What was typed into Python files since they were opened, so that lines of the past are found now. */
export class EditLog implements vscode.Disposable {
  readonly #editsByPath = new Map<string, LineEdit[]>();
  readonly #droppedByPath = new Map<string, number>();
  readonly #savedMsByPath = new Map<string, number>();
  readonly #subscription: vscode.Disposable;

  constructor() {
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.languageId === 'python') {
          this.#note(document.uri.fsPath, contentChanges);
        }
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        this.#savedMsByPath.set(uri.fsPath, Date.now());
      }),
    );
  }

  /** Where a line is now that was recorded at a moment. */
  followFrom(timeMs: number, path: string, line: number): number {
    const edits = this.#editsByPath.get(path) ?? [];
    return followLine(
      line,
      edits.filter((edit) => edit.timeMs > timeMs),
    );
  }

  /** How many edits of a file there were so far: a mark for {@link editsAfter}. */
  countOf(path: string): number {
    return (this.#droppedByPath.get(path) ?? 0) + (this.#editsByPath.get(path)?.length ?? 0);
  }

  /** The edits of a file since there were so many. */
  editsAfter(path: string, count: number): readonly LineEdit[] {
    const first = Math.max(0, count - (this.#droppedByPath.get(path) ?? 0));
    return this.#editsByPath.get(path)?.slice(first) ?? [];
  }

  /** Where a line of the file on disk is in the editor. */
  followFromDisk(path: string, line: number): number {
    return this.followFrom(this.#savedMsByPath.get(path) ?? 0, path, line);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** VS Code tells the changes of one event from the bottom up, so that none moves another. */
  #note(path: string, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const edits = changes
      .map(({ range, text }) => ({
        timeMs: Date.now(),
        line: range.start.line + (isBeforeLine(range, text) ? 0 : 1),
        removedLines: range.end.line - range.start.line,
        addedLines: text.split('\n').length - 1,
      }))
      .filter(({ removedLines, addedLines }) => removedLines !== addedLines);
    if (edits.length > 0) {
      const all = [...(this.#editsByPath.get(path) ?? []), ...edits];
      const dropped = Math.max(0, all.length - MAX_EDITS);
      this.#editsByPath.set(path, all.slice(dropped));
      this.#droppedByPath.set(path, (this.#droppedByPath.get(path) ?? 0) + dropped);
    }
  }
}

/** Whole lines put in at the start of a line push that line down too. */
function isBeforeLine(range: vscode.Range, text: string): boolean {
  return range.isEmpty && range.start.character === 0 && text.endsWith('\n');
}
