import { basename } from 'node:path';
import * as vscode from 'vscode';
import { fixesOfLoader, type OfferedFix } from '../../core/source/fixes/offer-fixes.ts';
import type { Disposable } from '../../base/lifetime.ts';
import { LINK_COMMANDS } from '../ids.ts';
import type { Problems } from '../problems/problems.ts';
import { parseDocument } from '../source/parsed-documents.ts';
import type { FindingFixes, LocatedFix } from './finding-fixes.ts';
import { workspaceEditOf } from './fix-edit.ts';

const PYTHON: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { pattern: '**/*.py', scheme: 'file' },
];

const KINDS = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

/** Where a call that makes a loader may begin, above the line that a person is on. */
const LINES_ABOVE = 20;
const LOADER_WORDS = /DataLoader|TrainingArguments/;

/** Edits that answer our problems, and, at a loader, edits of it without a finding. */
export function registerFixActions(problems: Problems, fixes: FindingFixes): Disposable {
  return vscode.languages.registerCodeActionsProvider(PYTHON, new FixActions(problems, fixes), {
    providedCodeActionKinds: KINDS,
  });
}

class FixActions implements vscode.CodeActionProvider {
  constructor(
    private readonly problems: Problems,
    private readonly fixes: FindingFixes,
  ) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const wants = (kind: vscode.CodeActionKind): boolean => only?.contains(kind) ?? true;
    const quick = wants(vscode.CodeActionKind.QuickFix)
      ? await this.#quickFixes(document, diagnostics)
      : [];
    const canRewrite = quick.length === 0 && wants(vscode.CodeActionKind.RefactorRewrite);
    return canRewrite ? this.#rewrites(document, range.start.line) : quick;
  }

  async #quickFixes(
    document: vscode.TextDocument,
    diagnostics: readonly vscode.Diagnostic[],
  ): Promise<vscode.CodeAction[]> {
    const actions: vscode.CodeAction[] = [];
    const titles = new Set<string>();
    for (const diagnostic of diagnostics) {
      const problem = this.problems.find(document.uri, diagnostic);
      if (problem === null) {
        continue;
      }
      const { run, finding } = problem;
      const located = await this.fixes.find(run, finding);
      const news = located.filter(({ fix }) => !titles.has(fix.title));
      for (const [index, one] of news.entries()) {
        titles.add(one.fix.title);
        actions.push(
          ...actionsFor(one, {
            kind: vscode.CodeActionKind.QuickFix,
            runId: run.id,
            shownIn: document,
            diagnostic,
            isPreferred: index === 0,
          }),
        );
      }
    }
    return actions;
  }

  #rewrites(document: vscode.TextDocument, line: number): vscode.CodeAction[] {
    const first = new vscode.Position(Math.max(0, line - LINES_ABOVE), 0);
    const near = document.getText(new vscode.Range(first, document.lineAt(line).range.end));
    if (!LOADER_WORDS.test(near)) {
      return [];
    }
    return fixesOfLoader(parseDocument(document), { line: line + 1 }).flatMap((fix) =>
      actionsFor(
        { document, fix },
        {
          kind: vscode.CodeActionKind.RefactorRewrite,
          runId: null,
          shownIn: document,
          diagnostic: null,
          isPreferred: false,
        },
      ),
    );
  }
}

interface ActionContext {
  readonly kind: vscode.CodeActionKind;
  /** Of the run whose finding is answered; null without one. */
  readonly runId: string | null;
  /** Where the action is offered; the edit may be in another script. */
  readonly shownIn: vscode.TextDocument;
  readonly diagnostic: vscode.Diagnostic | null;
  readonly isPreferred: boolean;
}

/** Applied at once, and with a preview; advice without an edit opens its page. */
function actionsFor(located: LocatedFix, context: ActionContext): vscode.CodeAction[] {
  const { document, fix } = located;
  const title =
    document.uri.toString() === context.shownIn.uri.toString()
      ? fix.title
      : vscode.l10n.t('{0}, in {1}', fix.title, basename(document.uri.fsPath));
  const actions =
    fix.edits.length === 0 ? adviceFor(fix, title) : editsFor(located, title, context);
  for (const action of actions) {
    action.diagnostics = context.diagnostic === null ? [] : [context.diagnostic];
  }
  return actions;
}

function adviceFor({ link }: OfferedFix, title: string): vscode.CodeAction[] {
  if (link === undefined) {
    return [];
  }
  const advice = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  const uri = vscode.Uri.parse(link, true);
  advice.command = { command: 'vscode.open', title, arguments: [uri] };
  return [advice];
}

function editsFor(
  located: LocatedFix,
  title: string,
  { kind, runId, isPreferred }: ActionContext,
): vscode.CodeAction[] {
  const command = {
    command: LINK_COMMANDS.fixApplied,
    title,
    arguments: [located.document.uri.toString(), located.document.version, runId],
  };
  const plain = new vscode.CodeAction(title, kind);
  plain.edit = workspaceEditOf(located, { hasPreview: false });
  plain.command = command;
  plain.isPreferred = isPreferred;
  const preview = new vscode.CodeAction(vscode.l10n.t('Preview: {0}', title), kind);
  preview.edit = workspaceEditOf(located, { hasPreview: true });
  preview.command = command;
  return [plain, preview];
}
