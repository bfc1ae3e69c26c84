import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import { CONTEXT_KEYS, SETTINGS } from '../ids.ts';
import type { RunStore } from '../runs/run-store.ts';
import { areHintsEnabled, onDidChangeSetting } from '../settings.ts';
import { hintText } from './hint-text.ts';
import { describeLine } from './hover.ts';
import type { ShownLine, ShownLines } from './shown-lines.ts';

const PYTHON: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'vscode-notebook-cell' },
  { pattern: '**/*.py', scheme: 'file' },
];

/** What each instrumented line costs, at its end and on hover. */
export function registerHints(store: RunStore, lines: ShownLines): Disposable {
  const owned = new DisposableStore();
  const provider = owned.add(new HintProvider(store, lines));
  owned.add(lines.onDidChange(() => provider.refresh()));
  owned.add(onDidChangeSetting(SETTINGS.hintsEnabled, () => provider.refresh()));
  owned.add(vscode.languages.registerInlayHintsProvider(PYTHON, provider));
  owned.add(vscode.languages.registerHoverProvider(PYTHON, provider));
  return owned;
}

/** Remembers what it says more about when somebody points at it. */
class LineHint extends vscode.InlayHint {
  constructor(
    readonly shown: ShownLine,
    position: vscode.Position,
    label: string,
  ) {
    super(position, label);
    this.paddingLeft = true;
  }
}

class HintProvider
  implements vscode.InlayHintsProvider<LineHint>, vscode.HoverProvider, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly lines: ShownLines,
  ) {
    this.refresh();
  }

  refresh(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.hintsEnabled, areHintsEnabled());
    this.#changed.fire();
  }

  /** Answers at once: this is asked at every key that is typed. */
  provideInlayHints(document: vscode.TextDocument, { start, end }: vscode.Range): LineHint[] {
    const { analysis } = this.lines;
    if (analysis === null || !areHintsEnabled()) {
      return [];
    }
    return this.lines
      .read(document)
      .filter(({ line }) => line - 1 >= start.line && line - 1 <= end.line)
      .map((shown) => {
        const position = document.lineAt(shown.line - 1).range.end;
        return new LineHint(shown, position, hintText(shown, analysis.stepTime));
      });
  }

  resolveInlayHint(hint: LineHint): LineHint {
    const { analysis } = this.lines;
    if (analysis !== null) {
      hint.tooltip = describeLine(hint.shown, analysis, { runs: this.store.runs, isNewer: false });
    }
    return hint;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { analysis } = this.lines;
    if (analysis === null || !areHintsEnabled()) {
      return undefined;
    }
    const isNewer = this.lines.isNewer(document);
    const shown = this.lines.read(document).find(({ line }) => line - 1 === position.line);
    return (
      shown && new vscode.Hover(describeLine(shown, analysis, { runs: this.store.runs, isNewer }))
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
