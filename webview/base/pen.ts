import { interpolateRgb, rgb } from 'd3';
import type { Theme } from './theme.ts';

const DARK_INK = '#000000';
const LIGHT_INK = '#ffffff';
/** Of this luminance a color has the same contrast, 4.6, to black and to white. */
const MIDDLE = Math.sqrt(1.05 * 0.05) - 0.05;
const inkByColor = new Map<string, string>();

/** Dark or light text, whichever is read better on a color. */
export function inkOn(color: string): string {
  let ink = inkByColor.get(color);
  if (ink === undefined) {
    const { r, g, b } = rgb(color);
    const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    ink = luminance > MIDDLE ? DARK_INK : LIGHT_INK;
    inkByColor.set(color, ink);
  }
  return ink;
}

/** sRGB to light, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance. */
function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

const faded = new Map<string, string>();

/** A color as it looks at `alpha` over a ground. */
export function fade(color: string, ground: string, alpha: number): string {
  const key = `${color} ${ground} ${alpha}`;
  let mixed = faded.get(key);
  if (mixed === undefined) {
    mixed = interpolateRgb(ground, color)(alpha);
    faded.set(key, mixed);
  }
  return mixed;
}

/** The side of the tile that hatching repeats, in CSS pixels. */
export const HATCH_PX = 8;
const hatches = new Map<string, CanvasPattern | null>();

/** What a hatch looks like, for pens that do not draw with pixels. */
export interface HatchStyle {
  readonly color: string;
  readonly groundAlpha: number;
  readonly lineAlpha: number;
}

const styles = new WeakMap<object, HatchStyle>();

/** Undefined for what is no hatch of {@link hatch}. */
export function hatchStyleOf(pattern: object): HatchStyle | undefined {
  return styles.get(pattern);
}

/** Diagonal lines of a color, the same on every gap of the page. */
export function hatch(
  context: CanvasRenderingContext2D,
  color: string,
  theme: Theme,
): CanvasPattern | string {
  const ratio = context.getTransform().a;
  const key = `${color} ${theme.kind} ${ratio}`;
  let pattern = hatches.get(key);
  if (pattern === undefined) {
    const style = hatchStyle(color, theme);
    const tile = drawHatch(style, ratio);
    pattern = tile?.createPattern(tile.canvas, 'repeat') ?? null;
    pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
    hatches.set(key, pattern);
    if (pattern !== null) {
      styles.set(pattern, style);
    }
  }
  return pattern ?? color;
}

function hatchStyle(color: string, theme: Theme): HatchStyle {
  return {
    color,
    groundAlpha: theme.isHighContrast ? 0 : theme.isLight ? 0.16 : 0.24,
    lineAlpha: theme.isLight ? 0.95 : 0.85,
  };
}

function drawHatch(
  { color, groundAlpha, lineAlpha }: HatchStyle,
  ratio: number,
): CanvasRenderingContext2D | null {
  const tile = document.createElement('canvas');
  tile.width = tile.height = Math.round(HATCH_PX * ratio);
  const pen = tile.getContext('2d');
  if (pen !== null) {
    const side = tile.width;
    pen.fillStyle = color;
    pen.globalAlpha = groundAlpha;
    pen.fillRect(0, 0, side, side);
    pen.globalAlpha = lineAlpha;
    pen.strokeStyle = color;
    pen.lineWidth = side / 4;
    pen.beginPath();
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    pen.stroke();
  }
  return pen;
}

const widthsByFont = new Map<string, Map<string, number>>();
const MAX_KNOWN_WIDTHS = 20_000;

export function textWidth(context: CanvasRenderingContext2D, text: string): number {
  const { font } = context;
  let widths = widthsByFont.get(font);
  if (widths === undefined || widths.size > MAX_KNOWN_WIDTHS) {
    widths = new Map();
    widthsByFont.set(font, widths);
  }
  let width = widths.get(text);
  if (width === undefined) {
    width = context.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}

/** The first of the texts that fits; the empty string if none does. */
export function fittingText(
  context: CanvasRenderingContext2D,
  texts: readonly string[],
  width: number,
): string {
  return texts.find((text) => textWidth(context, text) <= width) ?? '';
}

export function roundedRect(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(2, width / 2));
}
