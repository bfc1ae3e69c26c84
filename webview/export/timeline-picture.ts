import { surfaceOf } from '../base/surface.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';
import { nameAlignment } from '../timeline/align-bar.ts';
import { paintLegend } from './picture-legend.ts';

/** Something to be painted on a sheet of its own, in CSS pixels. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** One line, for those who do not see it. */
  readonly title: string;
  readonly paint: (pen: CanvasRenderingContext2D) => void;
}

const MARGIN_PX = 16;
const TITLE_HEIGHT_PX = 48;
const LEGEND_GAP_PX = 14;

/** The timeline as it is seen: its canvases, the names beside them and its legend, below the name of the run. */
export function timelinePicture(context: PageContext, section: HTMLElement): Sheet {
  const theme = context.themes.theme.get();
  const canvases = [...section.querySelectorAll('canvas')].filter(isSeen);
  const scroller = section.querySelector('.tracks') ?? section;
  const boxes = [...canvases, scroller].map((element) => element.getBoundingClientRect());
  const left = scroller.getBoundingClientRect().left;
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  const width = right - left;
  const origin = { x: MARGIN_PX - left, y: MARGIN_PX + TITLE_HEIGHT_PX - top };
  const legendTop = MARGIN_PX + TITLE_HEIGHT_PX + bottom - top + LEGEND_GAP_PX;
  const legend = paintLegend(section, theme, width);
  return {
    width: width + 2 * MARGIN_PX,
    height: legendTop + legend.height + MARGIN_PX,
    title: `${context.run.report.run.name}: ${describeView(context)}`,
    paint: (pen) => {
      pen.fillStyle = theme.panel;
      pen.fillRect(0, 0, width + 2 * MARGIN_PX + 1, legendTop + legend.height + MARGIN_PX + 1);
      paintTitle(pen, context, width);
      for (const canvas of canvases) {
        within(pen, canvas.getBoundingClientRect(), origin, () =>
          surfaceOf(canvas)?.paintWith(pen),
        );
      }
      within(pen, scroller.getBoundingClientRect(), origin, () => paintNames(pen, scroller));
      pen.save();
      pen.translate(MARGIN_PX, legendTop);
      legend.paint(pen);
      pen.restore();
    },
  };
}

function isSeen(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0;
}

/** Paints in a box of the page, whose corner becomes the origin, and not beyond it. */
function within(
  pen: CanvasRenderingContext2D,
  box: DOMRect,
  origin: { readonly x: number; readonly y: number },
  paint: () => void,
): void {
  pen.save();
  pen.translate(origin.x + box.left, origin.y + box.top);
  pen.beginPath();
  pen.rect(0, 0, box.width, box.height);
  pen.clip();
  paint();
  pen.restore();
}

function paintTitle(pen: CanvasRenderingContext2D, context: PageContext, width: number): void {
  const { report } = context.run;
  const theme = context.themes.theme.get();
  pen.textBaseline = 'middle';
  pen.font = `600 15px ${theme.font}`;
  pen.fillStyle = theme.foreground;
  pen.fillText(cut(pen, report.run.name, width * 0.7), MARGIN_PX, MARGIN_PX + 9);
  pen.font = `12px ${theme.font}`;
  pen.fillStyle = theme.muted;
  pen.fillText(cut(pen, describeView(context), width), MARGIN_PX, MARGIN_PX + 30);
  const tool = `Training Sleuth ${report.tool.version}`;
  pen.fillText(tool, MARGIN_PX + width - pen.measureText(tool).width, MARGIN_PX + 9);
}

/** The text, or as much of it as fits. */
function cut(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) {
    return text;
  }
  let length = text.length;
  while (length > 0 && pen.measureText(`${text.slice(0, length)}…`).width > width) {
    length = Math.floor(length * 0.9);
  }
  return `${text.slice(0, length)}…`;
}

/** What of the run is in view: its time, its steps, its ranks. */
function describeView({ run, store }: PageContext): string {
  const { startNs, endNs } = store.range.get();
  const alignment = store.alignment.get();
  const { overview, steps, report } = run;
  let first = Infinity;
  let last = -Infinity;
  for (const step of steps) {
    if (step.startNs < endNs && step.startNs + step.durationNs > startNs) {
      first = Math.min(first, step.step);
      last = Math.max(last, step.step);
    }
  }
  const isWhole = startNs <= overview.startNs && endNs >= overview.endNs;
  const ofRun = isWhole
    ? 'the whole run'
    : `${formatDuration(startNs - overview.startNs)} to ${formatDuration(endNs - overview.startNs)} of ${formatDuration(overview.endNs - overview.startNs)}`;
  const stepText =
    last < first ? [] : [first === last ? `step ${first}` : `steps ${first} to ${last}`];
  return [
    `${formatDuration(endNs - startNs)} shown`,
    ofRun,
    ...stepText,
    ...(alignment === null ? [] : [nameAlignment(alignment)]),
    formatCount(report.run.ranks.length, 'rank'),
  ].join(' · ');
}

/** The names beside the tracks, where the page has them. */
function paintNames(pen: CanvasRenderingContext2D, scroller: Element): void {
  const frame = scroller.getBoundingClientRect();
  pen.textBaseline = 'middle';
  const floor = bottomOf(scroller.querySelector('.gutter-stuck')) ?? frame.top;
  for (const label of scroller.querySelectorAll('.rank-button, .lane-name')) {
    const box = label.getBoundingClientRect();
    const isStuck = label.closest('.gutter-stuck') !== null;
    if (box.bottom < (isStuck ? frame.top : floor) || box.top > frame.bottom) {
      continue;
    }
    const style = getComputedStyle(label);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fillStyle = style.color;
    const x = box.left - frame.left + parseFloat(style.paddingLeft);
    const text = label.textContent.trim();
    const room = box.width - parseFloat(style.paddingLeft);
    pen.fillText(cut(pen, text, room), x, (box.top + box.bottom) / 2 - frame.top);
  }
}

/** Null where it is not seen. */
function bottomOf(element: Element | null): number | null {
  return element === null || !isSeen(element) ? null : element.getBoundingClientRect().bottom;
}
