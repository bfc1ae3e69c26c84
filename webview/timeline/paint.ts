import { PHASES } from '../../src/core/model/phase.ts';
import { GAP_CAUSES } from '../../src/core/model/report.ts';
import { RANK_TRACK, RECTANGLE_KINDS } from '../../src/core/model/timeline.ts';
import { CAUSE_COLORS, PHASE_COLORS } from '../base/palette.ts';
import { fade, fittingText, hatch, inkOn, roundedRect, textWidth } from '../base/pen.ts';
import type { Theme } from '../base/theme.ts';
import { labelsOf } from './labels.ts';
import type { Boxes } from './layout.ts';
import { rectangleFacts, type WindowData } from './window-data.ts';

const GAP = RECTANGLE_KINDS.indexOf('gap');
const MERGED = RECTANGLE_KINDS.indexOf('merged');
/** Below this, no label of a single letter would fit. */
const MIN_LABEL_PX = 22;
const LABEL_PAD_PX = 4;
/** Lines on less would be noise: a faint color tells as much. */
const MIN_HATCH_PX = 6;
const NARROW_GAP_ALPHA = 0.4;
/** Of a deeper level: how much fainter, and no fainter than this. */
const FADE_PER_LEVEL = 0.13;
const MIN_ALPHA = 0.5;
const MERGED_ALPHA = 0.75;

export function paintBoxes(
  context: CanvasRenderingContext2D,
  data: WindowData,
  boxes: Boxes,
  theme: Theme,
): void {
  for (let i = 0; i < boxes.length; i++) {
    paintBox(context, data, boxes, i, theme);
  }
}

export function paintLabels(
  context: CanvasRenderingContext2D,
  data: WindowData,
  boxes: Boxes,
  theme: Theme,
): void {
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (let i = 0; i < boxes.length; i++) {
    if (boxes.bounds[i * 4 + 2] >= MIN_LABEL_PX) {
      paintLabel(context, data, boxes, i, theme);
    }
  }
}

function paintBox(
  context: CanvasRenderingContext2D,
  data: WindowData,
  { bounds, index }: Boxes,
  i: number,
  theme: Theme,
): void {
  const { rectangles } = data;
  const [x, y, width, height] = boundsAt(bounds, i);
  const at = index[i];
  if (rectangles.kind[at] === GAP) {
    paintGap(
      context,
      CAUSE_COLORS[GAP_CAUSES[rectangles.category[at]]],
      [x, y, width, height],
      theme,
    );
    return;
  }
  context.fillStyle = fillOf(data, at, theme);
  const drawn = width > 3 ? width - 0.75 : width;
  if (width > 6) {
    roundedRect(context, x, y, drawn, height);
    context.fill();
    if (theme.isHighContrast) {
      context.strokeStyle = theme.border;
      context.stroke();
    }
  } else {
    context.fillRect(x, y, drawn, height);
  }
}

/** The color of the phase, the fainter the deeper it is nested. */
function fillOf({ rectangles, request }: WindowData, at: number, theme: Theme): string {
  const color = colorOf(rectangles.phase[at], theme);
  if (request.rows[rectangles.row[at]].lane === RANK_TRACK) {
    return color;
  }
  const level = Math.max(MIN_ALPHA, 1 - FADE_PER_LEVEL * rectangles.depth[at]);
  const alpha = level * (rectangles.kind[at] === MERGED ? MERGED_ALPHA : 1);
  return fade(color, theme.panel, alpha);
}

export function paintGap(
  context: CanvasRenderingContext2D,
  color: string,
  [x, y, width, height]: readonly [number, number, number, number],
  theme: Theme,
): void {
  const isHatched = width > MIN_HATCH_PX;
  context.fillStyle = isHatched ? hatch(context, color, theme) : color;
  context.globalAlpha = isHatched ? 1 : NARROW_GAP_ALPHA;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  if (isHatched) {
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1.5, height - 1);
  }
}

function paintLabel(
  context: CanvasRenderingContext2D,
  data: WindowData,
  { bounds, index }: Boxes,
  i: number,
  theme: Theme,
): void {
  const [x, y, width, height] = boundsAt(bounds, i);
  const facts = rectangleFacts(data, index[i]);
  const left = Math.max(x, 0) + LABEL_PAD_PX;
  const text = fittingText(context, labelsOf(facts), x + width - left - LABEL_PAD_PX);
  if (text === '') {
    return;
  }
  const middle = y + height / 2 + 0.5;
  if (facts.kind === 'gap') {
    paintPlate(context, text, { left, y, height }, theme);
    context.fillStyle = theme.foreground;
  } else {
    context.fillStyle = inkOn(fillOf(data, index[i], theme));
  }
  context.fillText(text, left, middle);
}

/** Quiet ground for text on hatching. */
export function paintPlate(
  context: CanvasRenderingContext2D,
  text: string,
  { left, y, height }: { readonly left: number; readonly y: number; readonly height: number },
  theme: Theme,
): void {
  context.fillStyle = theme.background;
  context.globalAlpha = theme.isHighContrast ? 1 : 0.82;
  context.fillRect(left - 2, y + 2, textWidth(context, text) + 5, height - 4);
  context.globalAlpha = 1;
}

function boundsAt(bounds: Float32Array, i: number): [number, number, number, number] {
  return [bounds[i * 4], bounds[i * 4 + 1], bounds[i * 4 + 2], bounds[i * 4 + 3]];
}

/** What has no phase stays in the background. */
const QUIET = { dark: '#5c626b', light: '#c3c8cf' };

function colorOf(phase: number, theme: Theme): string {
  if (phase === 0) {
    return theme.isLight ? QUIET.light : QUIET.dark;
  }
  return PHASE_COLORS[PHASES[phase]];
}
