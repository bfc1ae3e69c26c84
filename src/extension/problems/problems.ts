import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import type { Finding, Severity } from '../../core/model/report.ts';
import { EXTENSION_NAME } from '../ids.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { candidatesOf } from '../source/finding-candidates.ts';
import type { ResolvedPlace, SourceResolver } from '../source/source-resolver.ts';

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

type Place = Pick<ResolvedPlace, 'path' | 'line' | 'state'>;

const NO_PLACE: Place = { path: '', line: 1, state: 'same' };

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
      const place = run === null ? NO_PLACE : await this.#placeOf(finding, run);
      const { path } = place;
      byPath.set(path, [...(byPath.get(path) ?? []), await this.#diagnose(finding, place)]);
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

  async #placeOf(finding: Finding, run: TrainingRun): Promise<Place> {
    const places = await this.resolver.resolve(candidatesOf(finding), run);
    const files = run.group.files;
    const trace = files.find((file) => file.rank === finding.ranks[0]) ?? files[0];
    // Where several lines match, to show one of them would be a guess.
    const [only] = places.length === 1 ? places : [];
    return only ?? { ...NO_PLACE, path: trace?.path ?? run.group.folder };
  }

  async #diagnose(finding: Finding, { path, line, state }: Place): Promise<vscode.Diagnostic> {
    const range = await rangeOfLine(path, line);
    const diagnostic = new vscode.Diagnostic(
      range,
      [messageOf(finding), describeStale(state)].filter((text) => text !== '').join('\n'),
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

function describeStale(state: Place['state']): string {
  switch (state) {
    case 'changed':
      return vscode.l10n.t('This line was changed after the run was recorded.');
    case 'gone':
      return vscode.l10n.t('The line it names is gone; it stood here when the run was recorded.');
    default:
      return '';
  }
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
