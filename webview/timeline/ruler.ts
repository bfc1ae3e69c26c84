import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { formatDuration } from '../base/format.ts';
import { textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import type { TimeRange } from '../time-range.ts';
import type { TimeAxis } from './axis.ts';

export const RULER_HEIGHT = 36;
const MIN_STEP_LABEL_PX = 64;
const TEXT_GAP_PX = 8;
const MAX_MARK_CHARACTERS = 40;

export interface StepMark {
  readonly x: number;
  readonly label: string;
}

/**
 * Marks of the steps in view; labels thinned to where they have room, times against the first that begins in view.
 * The end of a step at the left edge gives way to the next.
 */
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
  const xOf = ({ startNs }: TimelineStep) => (startNs - range.startNs) * pixelsPerNs;
  const isCrowded =
    visible.length > 1 && xOf(visible[0]) < 0 && xOf(visible[1]) < MIN_STEP_LABEL_PX;
  let lastLabelX = isCrowded ? xOf(visible[1]) - MIN_STEP_LABEL_PX : -Infinity;
  return visible.map((mark) => {
    const { step, startNs } = mark;
    const x = xOf(mark);
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

/** The base stands at the left, the ticks where they have room. */
export function paintTimeAxis(
  context: CanvasRenderingContext2D,
  { ticks, base }: TimeAxis,
  theme: Theme,
): void {
  const y = RULER_HEIGHT - 8;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.border;
  const taken = base === '' ? 0 : textWidth(context, base) + TEXT_GAP_PX;
  if (base !== '') {
    context.fillText(base, 0, y);
  }
  for (const { x: exact, text, endX } of ticks) {
    const x = Math.round(exact) + 0.5;
    context.beginPath();
    context.moveTo(x, RULER_HEIGHT - 5);
    context.lineTo(x, RULER_HEIGHT);
    context.stroke();
    if (x >= taken && x + 4 + textWidth(context, text) < endX) {
      context.fillText(text, x + 4, y);
    }
  }
}

interface RulerMark {
  readonly x: number;
  readonly note: string;
}

function shortNote(note: string): string {
  return note.slice(0, MAX_MARK_CHARACTERS);
}

/** A flag for each mark, with its note where it has one. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  marks: readonly RulerMark[],
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
    const text = shortNote(note);
    if (text !== '') {
      context.fillStyle = theme.background;
      context.fillRect(x + 9, 0, textWidth(context, text) + 6, 16);
      context.fillStyle = theme.foreground;
      context.fillText(text, x + 12, 9);
    }
  }
}

/** Where flags or notes are, no step is named. */
export function paintStepLabels(
  context: CanvasRenderingContext2D,
  marks: readonly StepMark[],
  flags: readonly RulerMark[],
  width: number,
  theme: Theme,
): void {
  context.fillStyle = theme.foreground;
  const isFree = (from: number, to: number) =>
    flags.every(({ x, note }) => to < x || from > x + 15 + textWidth(context, shortNote(note)));
  marks.forEach(({ x, label }, i) => {
    const left = Math.max(x, 0) + 4;
    const end = marks.slice(i + 1).find((mark) => mark.label !== '')?.x ?? width;
    const short = label.split('  ')[0];
    const text = [label, short].find((each) => {
      const right = left + textWidth(context, each);
      return right < end && isFree(left, right);
    });
    if (text !== undefined && text !== '') {
      context.fillText(text, left, 9);
    }
  });
}
