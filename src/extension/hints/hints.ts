import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import { CONTEXT_KEYS, SETTINGS } from '../ids.ts';
import type { RunStore } from '../runs/run-store.ts';
import { areHintsEnabled, onDidChangeSetting } from '../settings.ts';
import type { SourceResolver } from '../source/source-resolver.ts';
import { describeCosts, formatCost } from './cost-markdown.ts';
import { type CostedLine, LineCosts } from './line-costs.ts';

const PYTHON: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { pattern: '**/*.py' },
];

/** What each instrumented line costs, at its end and on hover. */
export function registerHints(store: RunStore, resolver: SourceResolver): Disposable {
  const owned = new DisposableStore();
  const provider = owned.add(new HintProvider(new LineCosts(store, resolver)));
  owned.add(store.onDidChangeShown(() => provider.refresh()));
  owned.add(resolver.onDidChange(() => provider.refresh()));
  owned.add(onDidChangeSetting(SETTINGS.hintsEnabled, () => provider.refresh()));
  owned.add(vscode.languages.registerInlayHintsProvider(PYTHON, provider));
  owned.add(vscode.languages.registerHoverProvider(PYTHON, provider));
  return owned;
}

class HintProvider implements vscode.InlayHintsProvider, vscode.HoverProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(private readonly costs: LineCosts) {
    this.refresh();
  }

  refresh(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.hintsEnabled, areHintsEnabled());
    this.#changed.fire();
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
  ): Promise<vscode.InlayHint[]> {
    if (!areHintsEnabled()) {
      return [];
    }
    const lines = await this.costs.read(document);
    return lines
      .filter(({ line }) => line - 1 >= range.start.line && line - 1 <= range.end.line)
      .map((line) => this.#hint(document, line));
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const run = this.costs.shownRun;
    if (!areHintsEnabled() || run === null) {
      return undefined;
    }
    const found = (await this.costs.read(document)).find(({ line }) => line - 1 === position.line);
    return found && new vscode.Hover(describeCosts(found, run));
  }

  #hint(document: vscode.TextDocument, line: CostedLine): vscode.InlayHint {
    const label = line.costs.slice(0, 1).map((cost) => `◂ ${formatCost(cost)}`);
    const hint = new vscode.InlayHint(document.lineAt(line.line - 1).range.end, label.join(''));
    hint.paddingLeft = true;
    const run = this.costs.shownRun;
    if (run !== null) {
      hint.tooltip = describeCosts(line, run);
    }
    return hint;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
