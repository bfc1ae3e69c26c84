import type { Theme } from '../base/theme.ts';
import type { HeatScale } from '../steps/heat-scale.ts';
import type { Distribution } from './layout.ts';

export const PLOT_TOP = 4;

export function paintDistribution(
  context: CanvasRenderingContext2D,
  { bars, marks }: Distribution,
  { width, height }: { readonly width: number; readonly height: number },
  look: { readonly theme: Theme; readonly scale: HeatScale },
): void {
  const { theme, scale } = look;
  const bottom = height - 1;
  for (const bar of bars) {
    context.fillStyle = scale.color(bar.ratio);
    context.globalAlpha = scale.alpha(bar.ratio, theme);
    context.fillRect(bar.x, bottom - bar.height, bar.width, bar.height);
  }
  context.globalAlpha = 1;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, bottom + 0.5);
  context.lineTo(width, bottom + 0.5);
  context.stroke();
  context.strokeStyle = theme.foreground;
  context.setLineDash([2, 2]);
  for (const { x } of marks) {
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, PLOT_TOP);
    context.lineTo(Math.round(x) + 0.5, bottom);
    context.stroke();
  }
  context.setLineDash([]);
}
