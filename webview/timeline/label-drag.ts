import type { Disposable } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import type { PageContext } from '../page-context.ts';
import { place, siblingsOf } from './track-commands.ts';
import { isSameTrack } from './track-key.ts';
import type { Track, TrackList } from './tracks.ts';

/** A drag shorter than this is a click. */
const MIN_DRAG_PX = 5;

interface Labels {
  /** The element whose labels are dragged. */
  readonly part: HTMLElement;
  readonly scroller: HTMLElement;
  readonly list: () => TrackList | null;
  readonly trackOf: (element: Element | null) => Track | undefined;
}

interface Drag {
  readonly track: Track;
  readonly siblings: readonly Track[];
  readonly fromY: number;
  to: number | null;
}

/** Labels can be dragged to another place among their like; a line shows where. */
export function bindLabelDrag(context: PageContext, labels: Labels): Disposable {
  const { part, scroller } = labels;
  const line = h('div', { class: 'drop-line', 'aria-hidden': 'true', hidden: true });
  let drag: Drag | null = null;
  const end = () => {
    drag = null;
    line.hidden = true;
    line.remove();
  };
  const onDown = (event: PointerEvent) => {
    const list = labels.list();
    const track = labels.trackOf(event.target as Element | null);
    if (event.button === 0 && list !== null && track !== undefined) {
      const siblings = siblingsOf(list, context.store.tracks.get(), track);
      drag = { track, siblings, fromY: event.clientY, to: null };
    }
  };
  const onMove = (event: PointerEvent) => {
    if (drag === null || Math.abs(event.clientY - drag.fromY) < MIN_DRAG_PX) {
      return;
    }
    const y = event.clientY - scroller.getBoundingClientRect().top;
    const offset = drag.track.isStuck ? 0 : scroller.scrollTop;
    drag.to = placeAt(drag.siblings, y + offset);
    showLine(line, drag, part);
  };
  const onUp = () => {
    const done = drag;
    end();
    if (done !== null && done.to !== null) {
      const from = done.siblings.findIndex((other) => isSameTrack(other, done.track));
      place(context, done.siblings, from, done.to > from ? done.to - 1 : done.to);
      part.addEventListener('click', dropClick, { capture: true, once: true });
      setTimeout(() => part.removeEventListener('click', dropClick, { capture: true }));
    }
  };
  part.addEventListener('pointerdown', onDown);
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onUp);
  window.addEventListener('pointercancel', end);
  return {
    dispose: () => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', end);
    },
  };
}

/** Before which of the siblings a height is; as many as they are after all. */
export function placeAt(siblings: readonly Track[], y: number): number {
  const at = siblings.findIndex((track) => y < track.top + track.height / 2);
  return at < 0 ? siblings.length : at;
}

function showLine(line: HTMLElement, { siblings, to }: Drag, part: HTMLElement): void {
  const before = siblings.at(to ?? 0);
  const last = siblings.at(-1);
  if (last === undefined) {
    return;
  }
  const top =
    before === undefined || to === siblings.length ? last.top + last.height + 2 : before.top - 3;
  line.style.top = `${top}px`;
  line.hidden = false;
  part.append(line);
}

/** The end of a drag opens nothing. */
function dropClick(event: Event): void {
  event.stopImmediatePropagation();
  event.preventDefault();
}
