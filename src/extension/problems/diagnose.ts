import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Finding, Severity } from '../../core/model/report.ts';
import { EXTENSION_NAME } from '../ids.ts';
import { openScript } from '../source/open-document.ts';
import type { SourceResolver } from '../source/source-resolver.ts';
import type { PlacedFinding } from './finding-places.ts';
import { relateFinding } from './related-places.ts';

/** A finding as a problem: its message, its documentation, and the other places that belong to it. */
export async function diagnose(
  placed: PlacedFinding,
  all: readonly PlacedFinding[],
  resolver: SourceResolver,
  extensionUri: vscode.Uri,
): Promise<vscode.Diagnostic> {
  const { finding, path, line } = placed;
  const range = await rangeOfLine(path, line);
  const diagnostic = new vscode.Diagnostic(range, messageOf(placed), severityOf(finding.severity));
  diagnostic.source = EXTENSION_NAME;
  diagnostic.code = {
    value: finding.id,
    target: vscode.Uri.joinPath(extensionUri, 'docs', 'detectors', `${basename(finding.id)}.md`),
  };
  diagnostic.relatedInformation = [...(await relateFinding(placed, all, resolver))];
  return diagnostic;
}

function messageOf({ finding, alike, place, guesses }: PlacedFinding): string {
  const { title, why, advice } = finding;
  return [
    title,
    why,
    ...advice.slice(0, 1).map(({ text }) => text),
    ...(alike.length === 0 ? [] : [sayAlike(alike)]),
    ...(place?.how === 'structure'
      ? [vscode.l10n.t('This line is inferred: it was found by the structure of the code.')]
      : []),
    ...(place?.state === 'changed'
      ? [vscode.l10n.t('This line was changed after the run was recorded.')]
      : []),
    ...(guesses.length === 1
      ? [vscode.l10n.t('The line it names is gone since the run was recorded.')]
      : []),
    ...(guesses.length < 2
      ? []
      : [
          vscode.l10n.t(
            '{0} lines of the code fit, so that none of them is marked; they are listed below this problem.',
            guesses.length,
          ),
        ]),
  ].join('\n');
}

function sayAlike(alike: readonly Finding[]): string {
  const ranks = [...new Set(alike.flatMap((finding) => finding.ranks))].sort((a, b) => a - b);
  return ranks.length === 0
    ? vscode.l10n.t('{0} more findings of this kind lead to the same line.', alike.length)
    : vscode.l10n.t('So it is on rank {0} too.', ranks.join(', '));
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
export async function rangeOfLine(path: string, line: number): Promise<vscode.Range> {
  const document = await openScript(path);
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
