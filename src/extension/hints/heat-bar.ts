import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifetime.ts';
import { HEAT_LEVELS, type HeatLevel, heatOf } from '../../core/hints/heat.ts';
import { shareOf } from '../../core/hints/line-facts.ts';
import type { StepTime } from '../../core/model/report.ts';
import { HEAT_BACKGROUNDS, HEAT_COLORS, SETTINGS } from '../ids.ts';
import {
  areHintsEnabled,
  heatMinimumPercent,
  isHeatEnabled,
  onDidChangeSetting,
} from '../settings.ts';
import type { ShownLine, ShownLines } from './shown-lines.ts';

/** The hotter, the wider: in high contrast, and to people who do not tell colors apart, the width says it. */
const WIDTH_PX: Readonly<Record<HeatLevel, number>> = { 1: 3, 2: 4, 3: 6, 4: 8 };

export interface HotLine {
  /** From 1. */
  readonly line: number;
  readonly level: HeatLevel;
}

/** The lines that have a bar: as hot as the span on them that takes most. A line that says something else now has none. */
export function hotLines(
  lines: readonly ShownLine[],
  stepTime: StepTime | null,
  minimumPercent: number,
): HotLine[] {
  const current = lines.filter(({ state }) => state !== 'changed');
  return current.flatMap(({ line, costs }) => {
    const share = Math.max(...costs.map((cost) => shareOf(cost, stepTime)));
    const level = heatOf(share, minimumPercent);
    return level === null ? [] : [{ line, level }];
  });
}

/** A bar beside each line that takes a share of the step, in all visible editors and their overview rulers. */
export function registerHeatBar(lines: ShownLines): Disposable {
  const owned = new DisposableStore();
  const bar = owned.add(new HeatBar(lines));
  const redraw = (): void => bar.draw(vscode.window.visibleTextEditors);
  owned.add(lines.onDidChange(redraw));
  owned.add(vscode.window.onDidChangeVisibleTextEditors((editors) => bar.draw(editors)));
  for (const setting of [SETTINGS.heatEnabled, SETTINGS.heatMinimum, SETTINGS.hintsEnabled]) {
    owned.add(onDidChangeSetting(setting, redraw));
  }
  redraw();
  return owned;
}

class HeatBar implements vscode.Disposable {
  readonly #types = new Map(HEAT_LEVELS.map((level) => [level, createType(level)]));

  constructor(private readonly lines: ShownLines) {}

  /** VS Code moves what is drawn with what is typed, until it is drawn anew. */
  draw(editors: readonly vscode.TextEditor[]): void {
    const isOn = areHintsEnabled() && isHeatEnabled();
    const stepTime = this.lines.analysis?.stepTime ?? null;
    const minimum = heatMinimumPercent();
    for (const editor of editors) {
      const hot = isOn ? hotLines(this.lines.read(editor.document), stepTime, minimum) : [];
      for (const [level, type] of this.#types) {
        editor.setDecorations(
          type,
          hot
            .filter((one) => one.level === level)
            .map(({ line }) => new vscode.Range(line - 1, 0, line - 1, 0)),
        );
      }
    }
  }

  dispose(): void {
    for (const type of this.#types.values()) {
      type.dispose();
    }
  }
}

function createType(level: HeatLevel): vscode.TextEditorDecorationType {
  const color = new vscode.ThemeColor(HEAT_COLORS[level]);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderStyle: 'solid',
    borderWidth: `0 0 0 ${WIDTH_PX[level]}px`,
    borderColor: color,
    backgroundColor: new vscode.ThemeColor(HEAT_BACKGROUNDS[level]),
    overviewRulerColor: color,
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
