import type { Disposable } from '../../src/base/lifetime.ts';
import type { PageContext } from '../page-context.ts';
import { shiftsOf } from './alignment.ts';
import { type Area, areaBetween } from './area.ts';
import type { TrackCanvas } from './track-canvas.ts';

/** Dragging with Shift chooses an area. */
export function bindAreaDrag(
  { store }: PageContext,
  canvas: TrackCanvas,
  scroller: HTMLElement,
): Disposable {
  const { element } = canvas;
  let from: { readonly x: number; readonly y: number } | null = null;
  const areaTo = (event: PointerEvent): Area | null =>
    from === null
      ? null
      : areaBetween(from, { x: event.offsetX, y: event.offsetY }, canvas.list, {
          range: store.range.get(),
          width: element.clientWidth,
          scrollTop: scroller.scrollTop,
          shiftOf: shiftsOf(store.alignment.get()),
        });
  element.addEventListener('pointerdown', (event) => {
    if (event.shiftKey && event.button === 0) {
      from = { x: event.offsetX, y: event.offsetY };
      element.setPointerCapture(event.pointerId);
    }
  });
  element.addEventListener('pointermove', (event) => canvas.sketchArea(areaTo(event)));
  element.addEventListener('pointerup', (event) => {
    const area = areaTo(event);
    from = null;
    canvas.sketchArea(null);
    if (area !== null) {
      store.area.set(area);
      element.addEventListener('click', dropClick, { capture: true, once: true });
    }
  });
  return { dispose: () => canvas.sketchArea(null) };
}

/** The end of a drag selects nothing. */
function dropClick(event: Event): void {
  event.stopImmediatePropagation();
}
