import type { DurationHistogram } from '../../src/core/model/timeline.ts';
import { formatDuration, formatNumber } from '../base/format.ts';
import { textWidth } from '../base/pen.ts';
import { Surface } from '../base/surface.ts';
import type { Theme } from '../base/theme.ts';
import type { PageContext } from '../page-context.ts';
import { layOutDurations } from './layout.ts';
import './durations.css';

const LABEL_ROW_PX = 16;

/** What is drawn, and how. */
export interface DurationPicture {
  readonly durations: DurationHistogram;
  /** The one whose bar is outlined; null outlines none. */
  readonly markedNs: number | null;
  readonly color: (theme: Theme) => string;
}

/** A histogram of durations on a logarithmic axis; repainted with what `picture` gives then. */
export function mountDurations(
  { frames, themes }: PageContext,
  picture: () => DurationPicture | null,
): Surface {
  return new Surface(frames, themes, 'durations-canvas', (pen, size, theme) => {
    const shown = picture();
    if (shown !== null) {
      paint(pen, shown, size, theme);
    }
  });
}

function paint(
  pen: CanvasRenderingContext2D,
  { durations, markedNs, color }: DurationPicture,
  { width, height }: { readonly width: number; readonly height: number },
  theme: Theme,
): void {
  const bottom = height - LABEL_ROW_PX;
  const bars = layOutDurations(durations, markedNs, width, bottom - 2);
  pen.fillStyle = color(theme);
  for (const bar of bars) {
    pen.fillRect(bar.x, bottom - bar.height, bar.width, bar.height);
  }
  pen.strokeStyle = theme.border;
  pen.lineWidth = 1;
  pen.strokeRect(-1, -1, width + 2, bottom + 1.5);
  const marked = bars.find(({ isMarked }) => isMarked);
  if (marked !== undefined) {
    pen.strokeStyle = theme.foreground;
    pen.strokeRect(marked.x - 1, 0.5, marked.width + 2, bottom - 1);
  }
  pen.font = `11px ${theme.font}`;
  pen.textBaseline = 'middle';
  pen.fillStyle = theme.muted;
  const [least, most] = [durations.leastNs, durations.mostNs].map(formatDuration);
  pen.fillText(least, 0, bottom + 9);
  if (most !== least) {
    pen.fillText(most, width - textWidth(pen, most), bottom + 9);
  }
}

/** The same in words. */
export function describeDurations({ leastNs, mostNs, counts }: DurationHistogram): string {
  const count = counts.reduce((sum, each) => sum + each, 0);
  return `Histogram of ${formatNumber(count)} durations from ${formatDuration(leastNs)} to ${formatDuration(mostNs)}, on a logarithmic axis`;
}
