import { rgb } from 'd3';
import { PHASES } from '../../src/core/model/phase.ts';
import { GAP_CAUSES } from '../../src/core/model/report.ts';
import { RANK_TRACK, RECTANGLE_KINDS } from '../../src/core/model/timeline.ts';
import { CAUSE_COLORS, PHASE_COLORS } from '../base/palette.ts';
import { fade, fittingText, hatch, inkOn, roundedRect, textWidth } from '../base/pen.ts';
import { type Rgb, Strips } from '../base/strips.ts';
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
const MAX_FADED_LEVELS = 4;
const MERGED_ALPHA = 0.75;

/** Thinner ones are mixed into a line of pixels. */
const MIN_BOX_PX = 3;
/** What has no phase stays in the background. */
const QUIET = { dark: '#5c626b', light: '#c3c8cf' };

/** Draws the boxes of one canvas, which keeps its tools. */
export class BoxPainter {
  readonly #strips = new Strips();

  paint(
    context: CanvasRenderingContext2D,
    data: WindowData,
    boxes: Boxes,
    { width, theme }: { readonly width: number; readonly theme: Theme },
  ): void {
    const { rectangles } = data;
    this.#strips.begin(width, context.getTransform().a);
    for (let i = 0; i < boxes.length; i++) {
      const at = boxes.index[i];
      const isGap = rectangles.kind[at] === GAP;
      if (boxes.bounds[i * 4 + 2] <= (isGap ? MIN_HATCH_PX : MIN_BOX_PX)) {
        const color = isGap ? gapColor(rectangles.category[at]) : fillOf(data, at, theme);
        this.#strips.add(boundsAt(boxes.bounds, i), color.rgb, isGap ? NARROW_GAP_ALPHA : 1);
      }
    }
    this.#strips.paint(context);
    for (let i = 0; i < boxes.length; i++) {
      const isGap = rectangles.kind[boxes.index[i]] === GAP;
      if (boxes.bounds[i * 4 + 2] > (isGap ? MIN_HATCH_PX : MIN_BOX_PX)) {
        paintBox(context, data, boxes, i, theme);
      }
    }
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
    const { css } = gapColor(rectangles.category[at]);
    paintGap(context, css, [x, y, width, height], theme);
    return;
  }
  context.fillStyle = fillOf(data, at, theme).css;
  const isMerged = rectangles.kind[at] === MERGED;
  const drawn = isMerged ? width : width - 0.75;
  if (width > 6 && !isMerged) {
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

interface Fill {
  readonly css: string;
  readonly rgb: Rgb;
}

function toFill(css: string): Fill {
  const { r, g, b } = rgb(css);
  return { css, rgb: [r, g, b] };
}

const gapColors = GAP_CAUSES.map((cause) => toFill(CAUSE_COLORS[cause]));

function gapColor(cause: number): Fill {
  return gapColors[cause];
}

const COVERAGE_SHADES = 8;
const fillsByTheme = new WeakMap<Theme, Map<number, Fill>>();

/** The color of the phase, the fainter the deeper it is nested, and the less of its time is taken. */
function fillOf({ rectangles, request }: WindowData, at: number, theme: Theme): Fill {
  const phase = rectangles.phase[at];
  const isRank = request.rows[rectangles.row[at]].lane === RANK_TRACK;
  const isMerged = rectangles.kind[at] === MERGED;
  const level = isRank ? 0 : Math.min(MAX_FADED_LEVELS, rectangles.depth[at]);
  const shade = isMerged ? Math.ceil((rectangles.coverage[at] / 255) * COVERAGE_SHADES) : 0;
  const key = (((phase * 2 + Number(isMerged)) * 16 + level) * 16 + shade) * 2 + Number(isRank);
  let fills = fillsByTheme.get(theme);
  if (fills === undefined) {
    fills = new Map();
    fillsByTheme.set(theme, fills);
  }
  let fill = fills.get(key);
  if (fill === undefined) {
    const taken = 0.4 + (0.6 * shade) / COVERAGE_SHADES;
    const alpha =
      Math.max(MIN_ALPHA, 1 - FADE_PER_LEVEL * level) * (isMerged ? MERGED_ALPHA * taken : 1);
    const color = colorOf(phase, theme);
    fill = toFill(isRank ? color : fade(color, theme.panel, alpha));
    fills.set(key, fill);
  }
  return fill;
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
  const left = Math.max(x, 0) + LABEL_PAD_PX;
  const text = fittingText(context, labelsAt(data, index[i]), x + width - left - LABEL_PAD_PX);
  if (text === '') {
    return;
  }
  const middle = y + height / 2 + 0.5;
  if (data.rectangles.kind[index[i]] === GAP) {
    paintPlate(context, text, { left, y, height }, theme);
    context.fillStyle = theme.foreground;
  } else {
    context.fillStyle = inkOn(fillOf(data, index[i], theme).css);
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

const labelsByData = new WeakMap<WindowData, Map<number, readonly string[]>>();

/** Each is written in every frame in which it is seen. */
function labelsAt(data: WindowData, at: number): readonly string[] {
  let known = labelsByData.get(data);
  if (known === undefined) {
    known = new Map();
    labelsByData.set(data, known);
  }
  let labels = known.get(at);
  if (labels === undefined) {
    labels = labelsOf(rectangleFacts(data, at));
    known.set(at, labels);
  }
  return labels;
}

function colorOf(phase: number, theme: Theme): string {
  if (phase === 0) {
    return theme.isLight ? QUIET.light : QUIET.dark;
  }
  return PHASE_COLORS[PHASES[phase]];
}
