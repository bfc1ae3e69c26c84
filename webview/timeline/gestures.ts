import { select, zoom, type ZoomTransform, zoomIdentity } from 'd3';
import type { Disposable } from '../../src/base/lifetime.ts';
import type { Store } from '../store.ts';
import { clampRange, MIN_RANGE_NS, panRange, type TimeRange } from '../time-range.ts';

const CLICK_DISTANCE_PX = 4;
const LINE_PX = 16;

/** Wheel and drag on the canvas move the store's range; d3-zoom owns the gestures, the store the range. */
export function bindGestures(
  canvas: HTMLCanvasElement,
  store: Store,
  whole: TimeRange,
  scroller: HTMLElement,
): Disposable {
  const selection = select(canvas);
  let isOwnMove = false;
  const behavior = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([1, Math.max(1, (whole.endNs - whole.startNs) / MIN_RANGE_NS)])
    .clickDistance(CLICK_DISTANCE_PX)
    .filter(
      (event: WheelEvent | MouseEvent) => !isPan(event) && event.button === 0 && !isAreaDrag(event),
    )
    .on(
      'zoom',
      ({ transform, sourceEvent }: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (isOwnMove || !(sourceEvent instanceof Event)) {
          return;
        }
        if (sourceEvent instanceof MouseEvent && sourceEvent.type === 'mousemove') {
          scroller.scrollTop -= sourceEvent.movementY;
        }
        isOwnMove = true;
        store.range.set(rangeOf(transform, whole, canvas.clientWidth));
        isOwnMove = false;
      },
    );
  const follow = () => {
    const width = canvas.clientWidth;
    if (isOwnMove || width < 1) {
      return;
    }
    isOwnMove = true;
    behavior.extent([
      [0, 0],
      [width, 1],
    ]);
    behavior.translateExtent([
      [0, -Infinity],
      [width, Infinity],
    ]);
    behavior.transform(selection, transformOf(store.range.get(), whole, width));
    isOwnMove = false;
  };
  const pan = (event: WheelEvent) => panByWheel(event, canvas, store, whole);
  selection.call(behavior).on('dblclick.zoom', null);
  canvas.addEventListener('wheel', pan, { passive: false });
  canvas.addEventListener('sized', follow);
  const subscription = store.range.subscribe(follow);
  follow();
  return {
    dispose: () => {
      subscription.dispose();
      selection.on('.zoom', null);
    },
  };
}

function panByWheel(
  event: WheelEvent,
  canvas: HTMLCanvasElement,
  store: Store,
  whole: TimeRange,
): void {
  if (isPan(event)) {
    event.preventDefault();
    const moved = event.deltaX === 0 ? event.deltaY : event.deltaX;
    const pixels = moved * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
    const share = pixels / Math.max(1, canvas.clientWidth);
    store.range.set(clampRange(panRange(store.range.get(), share), whole));
  }
}

function isAreaDrag(event: WheelEvent | MouseEvent): boolean {
  return event.type === 'mousedown' && event.shiftKey;
}

function isPan(event: WheelEvent | MouseEvent): boolean {
  return (
    event instanceof WheelEvent &&
    (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
  );
}

function rangeOf({ k, x }: ZoomTransform, whole: TimeRange, width: number): TimeRange {
  const nsPerPixel = (whole.endNs - whole.startNs) / (width * k);
  const startNs = whole.startNs - x * nsPerPixel;
  return clampRange({ startNs, endNs: startNs + width * nsPerPixel }, whole);
}

function transformOf(range: TimeRange, whole: TimeRange, width: number): ZoomTransform {
  const k = Math.max(1, (whole.endNs - whole.startNs) / (range.endNs - range.startNs));
  const pixelsPerNs = (width * k) / (whole.endNs - whole.startNs);
  return zoomIdentity.translate((whole.startNs - range.startNs) * pixelsPerNs, 0).scale(k);
}
