import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import type { Finding, Severity } from '../../core/model/report.ts';
import { EXTENSION_NAME } from '../ids.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { SourceResolver } from '../source/source-resolver.ts';

/** Findings of the shown run as problems at their lines; without a line, at the trace file. */
export function registerProblems(
  store: RunStore,
  resolver: SourceResolver,
  extensionUri: vscode.Uri,
): Disposable {
  const owned = new DisposableStore();
  const problems = owned.add(new Problems(resolver, extensionUri));
  const refresh = (): void => {
    // The worker that looks for annotations may end early; the store has logged why.
    problems.show(store.shown).catch(() => undefined);
  };
  owned.add(store.onDidChangeShown(refresh));
  owned.add(resolver.onDidChange(refresh));
  return owned;
}

class Problems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('training-sleuth');
  #latest = 0;

  constructor(
    private readonly resolver: SourceResolver,
    private readonly extensionUri: vscode.Uri,
  ) {}

  /** The newest call wins where two overlap. */
  async show(run: TrainingRun | null): Promise<void> {
    this.#latest += 1;
    const own = this.#latest;
    const byPath = new Map<string, vscode.Diagnostic[]>();
    for (const finding of run?.analyzed?.report.findings ?? []) {
      const { path, line } =
        run === null ? { path: '', line: 1 } : await this.#placeOf(finding, run);
      byPath.set(path, [...(byPath.get(path) ?? []), await this.#diagnose(finding, path, line)]);
    }
    if (own !== this.#latest) {
      return;
    }
    this.#collection.clear();
    for (const [path, diagnostics] of byPath) {
      this.#collection.set(vscode.Uri.file(path), diagnostics);
    }
  }

  dispose(): void {
    this.#collection.dispose();
  }

  async #placeOf(finding: Finding, run: TrainingRun): Promise<{ path: string; line: number }> {
    const places = await this.resolver.resolve(candidatesOf(finding), run);
    const files = run.group.files;
    const trace = files.find((file) => file.rank === finding.ranks[0]) ?? files[0];
    // Where several lines match, to show one of them would be a guess.
    const [only] = places.length === 1 ? places : [];
    return only ?? { path: trace?.path ?? run.group.folder, line: 1 };
  }

  async #diagnose(finding: Finding, path: string, line: number): Promise<vscode.Diagnostic> {
    const range = await rangeOfLine(path, line);
    const diagnostic = new vscode.Diagnostic(
      range,
      messageOf(finding),
      severityOf(finding.severity),
    );
    diagnostic.source = EXTENSION_NAME;
    diagnostic.code = {
      value: finding.id,
      target: vscode.Uri.joinPath(
        this.extensionUri,
        'docs',
        'detectors',
        `${basename(finding.id)}.md`,
      ),
    };
    return diagnostic;
  }
}

function messageOf({ title, why, advice }: Finding): string {
  return [title, why, ...advice.slice(0, 1).map(({ text }) => text)].join('\n');
}

function severityOf(severity: Severity): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'info':
      return vscode.DiagnosticSeverity.Information;
  }
}

/** The text of a line, clamped to the file; for files that are not code, their beginning. */
async function rangeOfLine(path: string, line: number): Promise<vscode.Range> {
  const document = path.endsWith('.py') ? await openDocument(path) : null;
  if (document === null) {
    return new vscode.Range(0, 0, 0, 0);
  }
  const text = document.lineAt(Math.min(Math.max(line, 1), document.lineCount) - 1);
  return new vscode.Range(
    text.lineNumber,
    text.firstNonWhitespaceCharacterIndex,
    text.lineNumber,
    text.range.end.character,
  );
}

/** Null where the file was deleted a moment ago, or cannot be read. */
async function openDocument(path: string): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  } catch {
    return null;
  }
}
