import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import { DisposableStore } from '../../src/base/lifetime.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { clampRange, type TimeRange } from '../time-range.ts';
import { shiftsOf, toRows } from './alignment.ts';
import { layOutWindow } from './layout.ts';
import { BoxPainter } from './paint.ts';
import type { Track } from './tracks.ts';
import { askRectangles, WindowFeed } from './window-feed.ts';

const HEIGHT_PX = 10;
const MIN_FRAME_PX = 6;

/** The whole run in one strip, with a frame around what is in view; press or drag to go there. */
export function mountMinimap(context: PageContext, rank: number): View {
  const { store, run } = context;
  const whole: TimeRange = run.overview;
  const owned = new DisposableStore();
  const feed = owned.add(new WindowFeed(context, askRectangles(context)));
  const painter = new BoxPainter();
  const track: Track = {
    rank,
    lane: RANK_TRACK,
    label: '',
    top: 3,
    height: HEIGHT_PX,
    levelHeight: HEIGHT_PX + 1,
    levels: 1,
    fullLevels: 1,
    isStuck: false,
    isAtTop: false,
    kind: 'rank',
  };
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'minimap', (pen, { width, height }, theme) => {
      feed.show({
        ...timesOf(whole),
        widthPx: Math.round(width),
        rows: toRows([track], shiftsOf(store.alignment.get())),
      });
      const data = feed.window.get();
      if (data !== null) {
        const boxes = layOutWindow(data, [track], { range: whole, width, height, scrollTop: 0 });
        painter.paint(pen, data, boxes, { width, theme });
      }
      const frame = frameOf(store.range.get(), whole, width);
      pen.fillStyle = theme.background;
      pen.globalAlpha = 0.55;
      pen.fillRect(0, 0, frame.x, height);
      pen.fillRect(frame.x + frame.width, 0, width, height);
      pen.globalAlpha = 1;
      pen.strokeStyle = theme.focus;
      pen.lineWidth = 1.5;
      pen.strokeRect(frame.x + 0.75, 0.75, frame.width - 1.5, height - 1.5);
    }),
  );
  surface.canvas.setAttribute('aria-hidden', 'true');
  owned.add(feed.window.subscribe(() => surface.invalidate()));
  owned.add(store.range.subscribe(() => surface.invalidate()));
  owned.add(store.alignment.subscribe(() => surface.invalidate()));
  bindPress(surface.canvas, context, whole);
  return { element: surface.canvas, dispose: () => owned.dispose() };
}

function timesOf({ startNs, endNs }: TimeRange): TimeRange {
  return { startNs, endNs };
}

function frameOf(range: TimeRange, whole: TimeRange, width: number): { x: number; width: number } {
  const pixelsPerNs = width / (whole.endNs - whole.startNs);
  const exact = (range.endNs - range.startNs) * pixelsPerNs;
  const frame = Math.max(MIN_FRAME_PX, exact);
  const x = (range.startNs - whole.startNs) * pixelsPerNs - (frame - exact) / 2;
  return { x: Math.min(Math.max(0, x), width - frame), width: frame };
}

function bindPress(canvas: HTMLCanvasElement, { store }: PageContext, whole: TimeRange): void {
  const center = (event: PointerEvent) => {
    const share = event.offsetX / Math.max(1, canvas.clientWidth);
    const time = whole.startNs + share * (whole.endNs - whole.startNs);
    const { startNs, endNs } = store.range.get();
    const half = (endNs - startNs) / 2;
    store.range.set(clampRange({ startNs: time - half, endNs: time + half }, whole));
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    center(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) {
      center(event);
    }
  });
}
