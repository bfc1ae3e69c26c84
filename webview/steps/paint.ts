import { interpolateRgb } from 'd3';
import { HEAT_COLORS } from '../base/palette.ts';
import { roundedRect, textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { HEAT_LABEL_WIDTH, type HeatCell, type HeatStrip } from './layout.ts';

const mix = interpolateRgb(...HEAT_COLORS);
/** From this multiple of the median on, a step is as hot as can be. */
const HOTTEST_RATIO = 2;
const MIN_TICK_PX = 48;
const MIN_LABELED_ROW_PX = 11;

/** The color of a step by its time against the median; the same in the strip and in the distribution. */
export function heatColor(ratio: number): string {
  return mix(Math.min(1, Math.max(0, (ratio - 1) / (HOTTEST_RATIO - 1))));
}

export function heatAlpha(ratio: number, theme: Theme): number {
  const heat = Math.min(1, Math.max(0, (ratio - 1) / (HOTTEST_RATIO - 1)));
  return theme.isHighContrast ? 1 : 0.55 + 0.45 * heat;
}

export function paintHeat(context: CanvasRenderingContext2D, strip: HeatStrip, theme: Theme): void {
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const cell of strip.cells) {
    paintCell(context, cell, theme);
  }
  context.fillStyle = theme.muted;
  strip.ranks.forEach((rank, i) => {
    const every = Math.ceil(MIN_LABELED_ROW_PX / strip.rowHeight);
    if (i % every === 0) {
      const middle = Math.max(MIN_LABELED_ROW_PX / 2, (i + 0.5) * strip.rowHeight);
      context.fillText(`rank ${rank}`, 0, middle - 0.5);
    }
  });
  paintNumbers(context, strip);
}

/** Around the step that is in view, on all ranks. */
export function paintFrame(
  context: CanvasRenderingContext2D,
  strip: HeatStrip,
  current: TimelineStep | null,
  theme: Theme,
): void {
  const marked = strip.cells.find(({ step }) => step.step === current?.step);
  if (marked !== undefined) {
    context.strokeStyle = theme.foreground;
    context.lineWidth = 1.5;
    context.strokeRect(marked.x - 1, -0.25, marked.width + 2, strip.plotHeight);
  }
}

function paintCell(context: CanvasRenderingContext2D, cell: HeatCell, theme: Theme): void {
  const { x, y, width, height, step, ratio } = cell;
  context.fillStyle = step.isWarmup ? theme.muted : heatColor(ratio);
  context.globalAlpha = step.isWarmup ? 0.25 : heatAlpha(ratio, theme);
  if (width > 5) {
    roundedRect(context, x, y, width, height);
    context.fill();
  } else {
    context.fillRect(x, y, width, height);
  }
  context.globalAlpha = 1;
}

function paintNumbers(
  context: CanvasRenderingContext2D,
  { columns, columnWidth, plotHeight }: HeatStrip,
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
