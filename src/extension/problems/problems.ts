import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import type { Finding } from '../../core/model/report.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import type { SourceResolver } from '../source/source-resolver.ts';
import { diagnose } from './diagnose.ts';
import { placeFindings } from './finding-places.ts';

/** After typing, so that lines that moved are told where they are now. */
const FOLLOW_AFTER_MS = 200;

/** A finding that is shown as a problem. */
export interface Problem {
  readonly run: TrainingRun;
  readonly finding: Finding;
  readonly diagnostic: vscode.Diagnostic;
}

/** Findings of the shown run as problems at their lines; without a line, at the trace file. */
export class Problems implements Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('training-sleuth');
  readonly #owned = new DisposableStore();
  #byPath: ReadonlyMap<string, readonly Problem[]> = new Map();
  #latest = 0;
  #following: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: RunStore,
    private readonly resolver: SourceResolver,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.#owned.add(this.#collection);
    this.#owned.add(store.onDidChangeShown(() => this.#refresh()));
    this.#owned.add(resolver.onDidChange(() => this.#refresh()));
    this.#owned.add(
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (this.#byPath.has(change.document.uri.fsPath) && movesLines(change)) {
          clearTimeout(this.#following);
          this.#following = setTimeout(() => this.#refresh(), FOLLOW_AFTER_MS);
        }
      }),
    );
  }

  /** The problem that a diagnostic shows; null for those of others, and those that newer ones have replaced. */
  find(uri: vscode.Uri, { source, range, message }: vscode.Diagnostic): Problem | null {
    const found = this.#byPath
      .get(uri.fsPath)
      ?.find(
        ({ diagnostic }) =>
          diagnostic.source === source &&
          diagnostic.message === message &&
          diagnostic.range.start.line === range.start.line,
      );
    return found ?? null;
  }

  dispose(): void {
    clearTimeout(this.#following);
    this.#owned.dispose();
  }

  #refresh(): void {
    // The worker that looks for annotations may end early; the store has logged why.
    this.#show(this.store.shown).catch(() => undefined);
  }

  /** The newest call wins where two overlap. */
  async #show(run: TrainingRun | null): Promise<void> {
    this.#latest += 1;
    const own = this.#latest;
    const byPath = new Map<string, Problem[]>();
    const placed = run === null ? [] : await placeFindings(run, this.resolver);
    for (const one of placed) {
      const problem = {
        run: one.run,
        finding: one.finding,
        diagnostic: await diagnose(one, placed, this.resolver, this.extensionUri),
      };
      byPath.set(one.path, [...(byPath.get(one.path) ?? []), problem]);
    }
    if (own !== this.#latest) {
      return;
    }
    const before = this.#byPath;
    this.#byPath = byPath;
    for (const path of new Set([...before.keys(), ...byPath.keys()])) {
      const diagnostics = diagnosticsOf(byPath.get(path));
      // VS Code asks all that look at a file again, also for the same problems.
      if (!isSame(diagnostics, diagnosticsOf(before.get(path)))) {
        this.#collection.set(vscode.Uri.file(path), diagnostics);
      }
    }
  }
}

function diagnosticsOf(problems: readonly Problem[] = []): readonly vscode.Diagnostic[] {
  return problems.map(({ diagnostic }) => diagnostic);
}

function isSame(a: readonly vscode.Diagnostic[], b: readonly vscode.Diagnostic[]): boolean {
  return allOf(a) === allOf(b);
}

/** All fields: a diagnostic's own JSON leaves out the related places. */
function allOf(diagnostics: readonly vscode.Diagnostic[]): string {
  return JSON.stringify(diagnostics.map((diagnostic) => Object.entries(diagnostic)));
}

function movesLines({ contentChanges }: vscode.TextDocumentChangeEvent): boolean {
  return contentChanges.some(
    ({ range, text }) => !range.isSingleLine || text.includes('\n') || text.includes('\r'),
  );
}
