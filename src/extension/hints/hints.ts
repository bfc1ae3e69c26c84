import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import { COMMANDS, CONTEXT_KEYS, SETTINGS } from '../ids.ts';
import { pulseText } from '../live/pulse-text.ts';
import type { RunPulses } from '../live/run-pulses.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingRun } from '../runs/training-run.ts';
import { areHintsEnabled, onDidChangeSetting } from '../settings.ts';
import { hintText } from './hint-text.ts';
import { describeLine, type HoverSurroundings } from './hover.ts';
import { PastLines } from './past-lines.ts';
import type { ShownAnalysis, ShownLine, ShownLines } from './shown-lines.ts';

const PYTHON: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'vscode-notebook-cell' },
  { pattern: '**/*.py', scheme: 'file' },
];

/** What each instrumented line costs, at its end and on hover. */
export function registerHints(store: RunStore, lines: ShownLines, pulses: RunPulses): Disposable {
  const owned = new DisposableStore();
  const past = new PastLines<TrainingRun>(async (run) => await store.recallLines(run));
  const provider = owned.add(new HintProvider(store, lines, pulses, past));
  owned.add(
    lines.onDidChange(() => {
      provider.refresh();
      const run = lines.analysis?.run;
      if (run !== undefined) {
        // A hover without them is a hover all the same; the store logs why its worker ended.
        past.recall(run, store.runs).catch(() => undefined);
      }
    }),
  );
  owned.add(onDidChangeSetting(SETTINGS.hintsEnabled, () => provider.refresh()));
  owned.add(vscode.languages.registerInlayHintsProvider(PYTHON, provider));
  owned.add(vscode.languages.registerHoverProvider(PYTHON, provider));
  owned.add(
    vscode.languages.registerCodeActionsProvider(PYTHON, new LineActions(lines), {
      providedCodeActionKinds: [LINE_ACTION],
    }),
  );
  return owned;
}

/** Neither a fix nor a change of the code: it stands below these in the menu. */
const LINE_ACTION = vscode.CodeActionKind.Empty.append('trainingSleuth');

class LineActions implements vscode.CodeActionProvider {
  constructor(private readonly lines: ShownLines) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const line = range.start.line + 1;
    if (!areHintsEnabled() || !this.lines.read(document).some((shown) => shown.line === line)) {
      return [];
    }
    const title = vscode.l10n.t('Show spans of this line on the timeline');
    const action = new vscode.CodeAction(title, LINE_ACTION);
    action.command = {
      command: COMMANDS.showLineSpans,
      title,
      arguments: [document.uri.toString(), line],
    };
    return [action];
  }
}

/** Remembers what it says more about when somebody points at it. */
class LineHint extends vscode.InlayHint {
  constructor(
    readonly uri: vscode.Uri,
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
    private readonly pulses: RunPulses,
    private readonly past: PastLines<TrainingRun>,
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
        return new LineHint(document.uri, shown, position, hintText(shown, analysis.stepTime));
      });
  }

  resolveInlayHint(hint: LineHint): LineHint {
    const { analysis } = this.lines;
    if (analysis !== null) {
      const surroundings = this.#surroundings(hint.uri, analysis);
      hint.tooltip = describeLine(hint.shown, analysis, surroundings);
    }
    return hint;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { analysis } = this.lines;
    if (analysis === null || !areHintsEnabled()) {
      return undefined;
    }
    const shown = this.lines.read(document).find(({ line }) => line - 1 === position.line);
    const surroundings = this.#surroundings(document.uri, analysis);
    return shown && new vscode.Hover(describeLine(shown, analysis, surroundings));
  }

  #surroundings(uri: vscode.Uri, { run }: ShownAnalysis): HoverSurroundings {
    return {
      uri,
      runs: this.past.known(this.store.runs),
      pulse: pulseText(this.pulses.pulseOf(run), run),
    };
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
