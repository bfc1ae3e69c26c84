import type { Disposable } from '../../src/base/lifetime.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { choose } from './choose.ts';
import { moveTo } from './move-to.ts';
import { Tooltip } from './tooltip.ts';
import type { TrackCanvas } from './track-canvas.ts';

/** Hover explains, click selects, double click fills the view. */
export function bindPointer(
  context: PageContext,
  canvas: TrackCanvas,
): Disposable & { readonly element: HTMLElement } {
  const tooltip = new Tooltip();
  const { element } = canvas;
  const at = (event: MouseEvent) => canvas.at(event.offsetX, event.offsetY);
  element.addEventListener('pointermove', (event) => {
    const hit = event.buttons === 0 ? at(event) : -1;
    const facts = canvas.facts(hit);
    canvas.hover(hit);
    element.classList.toggle('over-span', facts !== null);
    const counter =
      facts === null && event.buttons === 0 ? canvas.counterAt(event.offsetX, event.offsetY) : null;
    if (facts !== null) {
      tooltip.show(facts, event.clientX, event.clientY);
    } else if (counter !== null) {
      tooltip.showCounter(counter, event.clientX, event.clientY);
    } else {
      tooltip.hide();
    }
  });
  element.addEventListener('pointerleave', () => {
    canvas.hover(-1);
    tooltip.hide();
  });
  element.addEventListener('click', (event) => choose(context, canvas.facts(at(event))));
  element.addEventListener('dblclick', (event) => {
    const facts = canvas.facts(at(event));
    if (facts !== null) {
      const target = frameInterval(facts.startNs, facts.endNs - facts.startNs, 0.1);
      moveTo(context, target, context.run.overview);
    }
  });
  return { element: tooltip.element, dispose: () => tooltip.hide() };
}
