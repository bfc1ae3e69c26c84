import { CAUSE_COLORS, PHASE_COLORS } from '../base/palette.ts';
import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import type { Theme } from '../base/theme.ts';

export interface PlaceBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly isSelected: boolean;
}

/** One bar an analysed step, the tallest the longest; several a bar where they do not fit. */
export function layOutPlaceBars(
  valuesNs: readonly number[],
  selected: number,
  width: number,
  height: number,
): readonly PlaceBar[] {
  const perBar = Math.max(1, Math.ceil((valuesNs.length * 2) / Math.max(1, width)));
  const count = Math.ceil(valuesNs.length / perBar);
  const pitch = Math.min(12, width / Math.max(1, count));
  const most = valuesNs.reduce((max, value) => Math.max(max, value), 1);
  return Array.from({ length: count }, (_, i) => {
    const values = valuesNs.slice(i * perBar, (i + 1) * perBar);
    const longest = values.reduce((max, value) => Math.max(max, value), 0);
    return {
      x: i * pitch,
      width: Math.max(1, pitch - (pitch > 3 ? 1 : 0)),
      height: Math.max(1, (longest / most) * height),
      isSelected: selected >= i * perBar && selected < (i + 1) * perBar,
    };
  });
}

export function paintPlaceBars(
  context: CanvasRenderingContext2D,
  bars: readonly PlaceBar[],
  height: number,
  { details, theme }: { readonly details: SelectionDetails; readonly theme: Theme },
): void {
  context.fillStyle =
    details.cause === null ? PHASE_COLORS[details.phase] : CAUSE_COLORS[details.cause];
  for (const bar of bars) {
    context.globalAlpha = bar.isSelected || theme.isHighContrast ? 1 : 0.65;
    context.fillRect(bar.x, height - bar.height, bar.width, bar.height);
  }
  context.globalAlpha = 1;
  const selected = bars.find(({ isSelected }) => isSelected);
  if (selected !== undefined) {
    context.strokeStyle = theme.foreground;
    context.lineWidth = 1;
    context.strokeRect(selected.x - 1.5, 0.5, selected.width + 3, height - 1);
  }
}
