import { scaleLinear } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { axisUnit, formatDuration, formatNumber } from '../base/format.ts';
import { textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import type { TimeRange } from '../time-range.ts';

export const RULER_HEIGHT = 36;
const MIN_STEP_LABEL_PX = 64;
const TICK_SPACING_PX = 110;
const MAX_MARK_CHARACTERS = 40;

export interface StepMark {
  readonly x: number;
  readonly label: string;
}

/** Marks of the steps in view; labels thinned to where they have room, times against the first in view. */
export function layOutSteps(
  steps: readonly TimelineStep[],
  range: TimeRange,
  width: number,
): readonly StepMark[] {
  const visible = steps.filter(
    ({ startNs, durationNs }) => startNs < range.endNs && startNs + durationNs > range.startNs,
  );
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const origin = visible.find(({ startNs }) => startNs >= range.startNs) ?? visible.at(0);
  let lastLabelX = -Infinity;
  return visible.map(({ step, startNs }) => {
    const x = (startNs - range.startNs) * pixelsPerNs;
    const hasRoom = Math.max(x, 0) - lastLabelX >= MIN_STEP_LABEL_PX;
    if (hasRoom) {
      lastLabelX = Math.max(x, 0);
    }
    const offset = origin === undefined || startNs <= origin.startNs ? 0 : startNs - origin.startNs;
    return {
      x,
      label: hasRoom ? `step ${step}${offset > 0 ? `  +${formatDuration(offset)}` : ''}` : '',
    };
  });
}

/** Times since the run began. */
export function paintTimeAxis(
  context: CanvasRenderingContext2D,
  range: TimeRange,
  originNs: number,
  width: number,
  theme: Theme,
): void {
  const unit = axisUnit(range.endNs - originNs);
  const scale = scaleLinear(
    [(range.startNs - originNs) / unit.ns, (range.endNs - originNs) / unit.ns],
    [0, width],
  );
  const ticks = scale.ticks(Math.max(2, Math.floor(width / TICK_SPACING_PX)));
  const decimals = decimalsOf(ticks);
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.border;
  for (const tick of ticks) {
    const x = Math.round(scale(tick)) + 0.5;
    context.beginPath();
    context.moveTo(x, RULER_HEIGHT - 5);
    context.lineTo(x, RULER_HEIGHT);
    context.stroke();
    const text = `${decimals > 0 ? tick.toFixed(decimals) : formatNumber(tick)}\u202f${unit.unit}`;
    if (x + 4 + textWidth(context, text) < width) {
      context.fillText(text, x + 4, RULER_HEIGHT - 8);
    }
  }
}

/** A flag for each mark, with its note where it has one. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  marks: readonly { readonly x: number; readonly note: string }[],
  theme: Theme,
): void {
  for (const { x, note } of marks) {
    context.fillStyle = theme.focus;
    context.fillRect(x - 0.5, 0, 1.5, RULER_HEIGHT);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x + 8, 4);
    context.lineTo(x, 8);
    context.fill();
    const text = note.slice(0, MAX_MARK_CHARACTERS);
    if (text !== '') {
      context.fillStyle = theme.background;
      context.fillRect(x + 9, 0, textWidth(context, text) + 6, 16);
      context.fillStyle = theme.foreground;
      context.fillText(text, x + 12, 9);
    }
  }
}

function decimalsOf(ticks: readonly number[]): number {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  return Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

export function paintStepLabels(
  context: CanvasRenderingContext2D,
  marks: readonly StepMark[],
  width: number,
  theme: Theme,
): void {
  context.fillStyle = theme.foreground;
  marks.forEach(({ x, label }, i) => {
    const left = Math.max(x, 0) + 4;
    const end = marks.slice(i + 1).find((mark) => mark.label !== '')?.x ?? width;
    const short = label.split('  ')[0];
    const text = [label, short].find((each) => left + textWidth(context, each) < end);
    if (text !== undefined && text !== '') {
      context.fillText(text, left, 9);
    }
  });
}
