import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { fittingText, roundedRect, textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import type { HeatScale } from './heat-scale.ts';
import { HEAT_LABEL_WIDTH, type HeatCell, type HeatMap } from './layout.ts';
import { labelRows } from './row-labels.ts';

const MIN_TICK_PX = 48;
const LABEL_ROOM_PX = HEAT_LABEL_WIDTH - 6;

export function paintHeat(
  context: CanvasRenderingContext2D,
  heat: HeatMap,
  { scale, noteOf }: { readonly scale: HeatScale; readonly noteOf: (rank: number) => string },
  theme: Theme,
): void {
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const cell of heat.cells) {
    paintCell(context, cell, scale, theme);
  }
  context.fillStyle = theme.muted;
  for (const { texts, y } of labelRows(heat.rows, noteOf)) {
    context.fillText(fittingText(context, texts, LABEL_ROOM_PX), 0, y);
  }
  paintNumbers(context, heat);
}

/** Around the step that is in view, on all ranks. */
export function paintFrame(
  context: CanvasRenderingContext2D,
  heat: HeatMap,
  current: TimelineStep | null,
  theme: Theme,
): void {
  const column = current === null ? undefined : heat.columnOf(current.step);
  if (column !== undefined) {
    const width = heat.columnWidth - (heat.columnWidth > 4 ? 1 : 0);
    context.strokeStyle = theme.foreground;
    context.lineWidth = 1.5;
    const x = HEAT_LABEL_WIDTH + column * heat.columnWidth;
    context.strokeRect(x - 1, -0.25, width + 2, heat.plotHeight);
  }
}

/** Around the cell that the keyboard is at. */
export function paintCursor(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: HeatCell,
  theme: Theme,
): void {
  context.strokeStyle = theme.background;
  context.lineWidth = 4;
  context.strokeRect(x - 2, y - 1, width + 4, height + 3);
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  context.strokeRect(x - 2, y - 1, width + 4, height + 3);
}

function paintCell(
  context: CanvasRenderingContext2D,
  { x, y, width, height, step, ratio }: HeatCell,
  scale: HeatScale,
  theme: Theme,
): void {
  context.fillStyle = step.isWarmup ? theme.muted : scale.color(ratio);
  context.globalAlpha = step.isWarmup ? 0.25 : scale.alpha(ratio, theme);
  if (width > 5 && height > 5) {
    roundedRect(context, x, y, width, height);
    context.fill();
  } else {
    context.fillRect(x, y, width, height);
  }
  context.globalAlpha = 1;
}

function paintNumbers(
  context: CanvasRenderingContext2D,
  { columns, columnWidth, plotHeight }: HeatMap,
): void {
  const every = niceStride(Math.ceil(MIN_TICK_PX / columnWidth));
  columns.forEach((step, i) => {
    if (i % every === 0) {
      const text = String(step);
      const x = HEAT_LABEL_WIDTH + (i + 0.5) * columnWidth - textWidth(context, text) / 2;
      context.fillText(text, Math.max(HEAT_LABEL_WIDTH, x), plotHeight + 10);
    }
  });
}

function niceStride(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return (
    [1, 2, 5, 10].map((factor) => factor * magnitude).find((stride) => stride >= least) ?? least
  );
}
