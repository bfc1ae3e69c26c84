import { formatDuration } from '../base/format.ts';
import { textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import { heatAlpha, heatColor } from '../steps/paint.ts';
import type { Distribution } from './layout.ts';

export const PLOT_TOP = 4;
export const LABEL_ROWS_PX = 46;

export function paintDistribution(
  context: CanvasRenderingContext2D,
  { bars, marks }: Distribution,
  { width, height }: { readonly width: number; readonly height: number },
  theme: Theme,
): void {
  const bottom = height - LABEL_ROWS_PX;
  for (const bar of bars) {
    context.fillStyle = heatColor(bar.ratio);
    context.globalAlpha = heatAlpha(bar.ratio, theme);
    context.fillRect(bar.x, bottom - bar.height, bar.width, bar.height);
  }
  context.globalAlpha = 1;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, bottom + 0.5);
  context.lineTo(width, bottom + 0.5);
  context.stroke();
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  const takenTo = [-Infinity, -Infinity, -Infinity];
  for (const { x, name, valueNs } of marks) {
    context.strokeStyle = theme.foreground;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, PLOT_TOP);
    context.lineTo(Math.round(x) + 0.5, bottom);
    context.stroke();
    context.setLineDash([]);
    const text = `${name} ${formatDuration(valueNs)}`;
    const length = textWidth(context, text);
    const left = Math.min(Math.max(0, x - length / 2), width - length);
    const row = takenTo.findIndex((taken) => left > taken);
    if (row >= 0) {
      context.fillStyle = theme.muted;
      context.fillText(text, left, bottom + 11 + row * 13);
      takenTo[row] = left + length + 6;
    }
  }
}
