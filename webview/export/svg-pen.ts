import { type HatchStyle, hatchStyleOf, HATCH_PX } from '../base/pen.ts';
import { escapeXml, number } from './svg-text.ts';
import { runsOfPixels } from './pixel-runs.ts';

/** What the browser lends the pen: it measures text and looks at pixels, and draws nothing. */
export interface SvgTools {
  readonly measure: (font: string, text: string) => TextMetrics;
  readonly pixelsOf: (source: CanvasImageSource, box: Box) => ImageData;
}

type Box = readonly [x: number, y: number, width: number, height: number];

interface State {
  fillStyle: string | CanvasPattern | CanvasGradient;
  strokeStyle: string | CanvasPattern | CanvasGradient;
  globalAlpha: number;
  lineWidth: number;
  font: string;
  textBaseline: CanvasTextBaseline;
  textAlign: CanvasTextAlign;
  dash: readonly number[];
  /** Of the origin; there is no other transformation. */
  x: number;
  y: number;
  /** Groups to close when the state is left. */
  clips: number;
}

const FIRST_STATE: State = {
  fillStyle: '#000000',
  strokeStyle: '#000000',
  globalAlpha: 1,
  lineWidth: 1,
  font: '10px sans-serif',
  textBaseline: 'alphabetic',
  textAlign: 'start',
  dash: [],
  x: 0,
  y: 0,
  clips: 0,
};

/** Thin boxes are mixed into lines of pixels, which are as fine as this. */
const PIXELS_PER_UNIT = 2;
/** From the middle of a letter to its baseline, as a share of the font's size. */
const MIDDLE_TO_BASELINE = 0.31;
const ANCHORS = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' };

/**
 * Takes what the page's paint functions draw on a canvas, and writes it as SVG. It knows the part of
 * `CanvasRenderingContext2D` that they use: {@link svgPen} gives it to them as such.
 */
export class SvgPen {
  imageSmoothingEnabled = true;
  readonly #marks: string[] = [];
  readonly #definitions: string[] = [];
  readonly #patternIds = new Map<string, string>();
  readonly #stack: State[] = [];
  #state: State = { ...FIRST_STATE };
  #path = '';
  #nextId = 1;

  constructor(private readonly tools: SvgTools) {}

  /** The picture as a document. */
  finish(width: number, height: number, title: string): string {
    const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
      `<title>${escapeXml(title)}</title>`,
      `<defs>${this.#definitions.join('')}</defs>`,
      ...this.#marks,
      '</svg>\n',
    ].join('\n');
  }

  get fillStyle(): State['fillStyle'] {
    return this.#state.fillStyle;
  }
  set fillStyle(value: State['fillStyle']) {
    this.#state.fillStyle = value;
  }
  get strokeStyle(): State['strokeStyle'] {
    return this.#state.strokeStyle;
  }
  set strokeStyle(value: State['strokeStyle']) {
    this.#state.strokeStyle = value;
  }
  get globalAlpha(): number {
    return this.#state.globalAlpha;
  }
  set globalAlpha(value: number) {
    this.#state.globalAlpha = value;
  }
  get lineWidth(): number {
    return this.#state.lineWidth;
  }
  set lineWidth(value: number) {
    this.#state.lineWidth = value;
  }
  get font(): string {
    return this.#state.font;
  }
  set font(value: string) {
    this.#state.font = value;
  }
  get textBaseline(): CanvasTextBaseline {
    return this.#state.textBaseline;
  }
  set textBaseline(value: CanvasTextBaseline) {
    this.#state.textBaseline = value;
  }
  get textAlign(): CanvasTextAlign {
    return this.#state.textAlign;
  }
  set textAlign(value: CanvasTextAlign) {
    this.#state.textAlign = value;
  }

  setLineDash(dash: readonly number[]): void {
    this.#state.dash = dash;
  }

  save(): void {
    this.#stack.push({ ...this.#state });
    this.#state.clips = 0;
  }

  restore(): void {
    const before = this.#stack.pop();
    if (before !== undefined) {
      this.#marks.push('</g>'.repeat(this.#state.clips));
      this.#state = before;
    }
  }

  translate(x: number, y: number): void {
    this.#state.x += x;
    this.#state.y += y;
  }

  /** Tells how fine pixels have to be. */
  getTransform(): { readonly a: number } {
    return { a: PIXELS_PER_UNIT };
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${this.#at(x, y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${this.#at(x, y)}`;
  }

  bezierCurveTo(...[ax, ay, bx, by, x, y]: [number, number, number, number, number, number]): void {
    this.#path += `C${this.#at(ax, ay)} ${this.#at(bx, by)} ${this.#at(x, y)}`;
  }

  quadraticCurveTo(...[ax, ay, x, y]: [number, number, number, number]): void {
    this.#path += `Q${this.#at(ax, ay)} ${this.#at(x, y)}`;
  }

  /** Of a whole circle, or a part of one. */
  arc(...[x, y, radius, from, to]: [number, number, number, number, number]): void {
    const point = (angle: number) =>
      this.#at(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    const middle = from + Math.min(Math.abs(to - from), 2 * Math.PI) / 2;
    const r = `${number(radius)} ${number(radius)} 0 0 1`;
    this.#path += `${this.#path === '' ? 'M' : 'L'}${point(from)}A${r} ${point(middle)}A${r} ${point(to)}`;
  }

  closePath(): void {
    this.#path += 'Z';
  }

  rect(...[x, y, width, height]: [number, number, number, number]): void {
    this.#path += `M${this.#at(x, y)}h${number(width)}v${number(height)}h${number(-width)}Z`;
  }

  roundRect(...[x, y, width, height, radius]: [number, number, number, number, number]): void {
    const r = Math.max(0, Math.min(radius, width / 2, height / 2));
    const corner = (dx: number, dy: number) =>
      `a${number(r)} ${number(r)} 0 0 1 ${number(dx)} ${number(dy)}`;
    this.#path += `M${this.#at(x + r, y)}h${number(width - 2 * r)}${corner(r, r)}v${number(height - 2 * r)}${corner(-r, r)}h${number(2 * r - width)}${corner(-r, -r)}v${number(2 * r - height)}${corner(r, -r)}Z`;
  }

  fill(): void {
    this.#marks.push(`<path d="${this.#path}"${this.#fillAttributes()}/>`);
  }

  stroke(): void {
    this.#marks.push(`<path d="${this.#path}"${this.#strokeAttributes()}/>`);
  }

  clip(): void {
    const id = this.#id('clip');
    this.#definitions.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#marks.push(`<g clip-path="url(#${id})">`);
    this.#state.clips += 1;
  }

  fillRect(...box: [number, number, number, number]): void {
    this.#marks.push(`<rect${this.#box(box)}${this.#fillAttributes()}/>`);
  }

  strokeRect(...box: [number, number, number, number]): void {
    this.#marks.push(`<rect${this.#box(box)}${this.#strokeAttributes()}/>`);
  }

  /** The ground shows through; there is nothing to clear on a new sheet. */
  clearRect(): void {
    this.#path = '';
  }

  fillText(text: string, x: number, y: number): void {
    const { font, textBaseline, textAlign } = this.#state;
    const { family, size, weight } = parseFont(font);
    const baseline = textBaseline === 'middle' ? y + size * MIDDLE_TO_BASELINE : y;
    const { x: left, y: top } = this.#state;
    const place = `x="${number(x + left)}" y="${number(baseline + top)}"`;
    const type = `font-family="${escapeXml(family)}" font-size="${number(size)}" font-weight="${weight}"`;
    const anchor = textAlign === 'start' ? '' : ` text-anchor="${ANCHORS[textAlign]}"`;
    this.#marks.push(
      `<text ${place} ${type}${anchor}${this.#fillAttributes()} xml:space="preserve">${escapeXml(text)}</text>`,
    );
  }

  measureText(text: string): TextMetrics {
    return this.tools.measure(this.#state.font, text);
  }

  /** A line of mixed pixels, as boxes of one color each. */
  drawImage(source: CanvasImageSource, ...boxes: number[]): void {
    const [sx, sy, sw, sh, x, y, width, height] = boxes;
    if (boxes.length !== 8 || sw < 1) {
      return;
    }
    const pixels = this.tools.pixelsOf(source, [sx, sy, sw, sh]);
    const scale = width / sw;
    const pathByColor = new Map<string, string>();
    for (const { from, to, color } of runsOfPixels(pixels)) {
      const path = `M${this.#at(x + from * scale, y)}h${number((to - from) * scale)}v${number(height)}h${number((from - to) * scale)}Z`;
      pathByColor.set(color, (pathByColor.get(color) ?? '') + path);
    }
    for (const [color, path] of pathByColor) {
      this.#marks.push(`<path d="${path}" ${color}/>`);
    }
  }

  #at(x: number, y: number): string {
    return `${number(x + this.#state.x)} ${number(y + this.#state.y)}`;
  }

  #box([x, y, width, height]: Box): string {
    const [left, right] = width < 0 ? [x + width, x] : [x, x + width];
    const [top, bottom] = height < 0 ? [y + height, y] : [y, y + height];
    const { x: dx, y: dy } = this.#state;
    return ` x="${number(left + dx)}" y="${number(top + dy)}" width="${number(right - left)}" height="${number(bottom - top)}"`;
  }

  #fillAttributes(): string {
    return ` fill="${this.#paint(this.#state.fillStyle)}"${this.#alpha('fill-opacity')}`;
  }

  #strokeAttributes(): string {
    const { strokeStyle, lineWidth, dash } = this.#state;
    const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.map(number).join(' ')}"`;
    return ` fill="none" stroke="${this.#paint(strokeStyle)}" stroke-width="${number(lineWidth)}"${dashes}${this.#alpha('stroke-opacity')}`;
  }

  #alpha(name: string): string {
    const { globalAlpha } = this.#state;
    return globalAlpha === 1 ? '' : ` ${name}="${number(globalAlpha)}"`;
  }

  #paint(style: State['fillStyle']): string {
    if (typeof style === 'string') {
      return escapeXml(style);
    }
    const hatch = hatchStyleOf(style);
    return hatch === undefined ? 'none' : `url(#${this.#pattern(hatch)})`;
  }

  #pattern({ color, groundAlpha, lineAlpha }: HatchStyle): string {
    const key = `${color} ${groundAlpha} ${lineAlpha}`;
    let id = this.#patternIds.get(key);
    if (id === undefined) {
      id = this.#id('hatch');
      this.#patternIds.set(key, id);
      const side = HATCH_PX;
      const lines = [-side, 0, side]
        .map((x) => `M${x - 1} ${side + 1}L${x + side + 1} -1`)
        .join('');
      this.#definitions.push(
        `<pattern id="${id}" width="${side}" height="${side}" patternUnits="userSpaceOnUse"><path d="M0 0h${side}v${side}h-${side}Z" fill="${escapeXml(color)}" fill-opacity="${groundAlpha}"/><path d="${lines}" stroke="${escapeXml(color)}" stroke-opacity="${lineAlpha}" stroke-width="${side / 4}"/></pattern>`,
      );
    }
    return id;
  }

  #id(name: string): string {
    return `${name}${this.#nextId++}`;
  }
}

/** To the paint functions it is a canvas; the test of the pen compares what they use with what it has. */
export function asContext(pen: SvgPen): CanvasRenderingContext2D {
  return pen as unknown as CanvasRenderingContext2D;
}

function parseFont(font: string): { family: string; size: number; weight: string } {
  const [, before = '', size = '10', family = 'sans-serif'] =
    /^(.*?)([\d.]+)px\s+(.*)$/.exec(font) ?? [];
  const weight = /\b(bold|[1-9]00)\b/.exec(before)?.[1] ?? 'normal';
  return { family, size: Number(size), weight };
}
