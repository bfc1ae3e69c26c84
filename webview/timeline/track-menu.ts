import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import type { Disposable } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import type { PageContext } from '../page-context.ts';
import { hasTrack } from './track-choices.ts';
import { fold, hide, moveBy, pin, siblingsOf, toggleRank } from './track-commands.ts';
import { isSameTrack } from './track-key.ts';
import type { Track, TrackList } from './tracks.ts';

interface MenuItem {
  readonly text: string;
  readonly run: () => void;
}

const EDGE_PX = 6;

/** What can be done with a track, in words. */
export function menuItems(
  context: PageContext,
  list: TrackList,
  track: Track,
): readonly MenuItem[] {
  const { store } = context;
  const { pinned } = store.tracks.get();
  const siblings = siblingsOf(list, store.tracks.get(), track);
  const at = siblings.findIndex((other) => isSameTrack(other, track));
  const isRank = track.lane === RANK_TRACK;
  const isOpen = store.openRanks.get().has(track.rank);
  const isFolded = track.levels < track.fullLevels || hasTrack(store.tracks.get().folded, track);
  const when = (is: boolean, text: string, run: () => void): readonly MenuItem[] =>
    is ? [{ text, run }] : [];
  return [
    ...when(isRank, isOpen ? 'Close' : 'Open', () => toggleRank(store, track.rank)),
    ...when(true, hasTrack(pinned, track) ? 'Unpin' : 'Pin to the top', () => pin(context, track)),
    ...when(at > 0, 'Move up', () => moveBy(context, list, track, -1)),
    ...when(at < siblings.length - 1, 'Move down', () => moveBy(context, list, track, 1)),
    ...when(
      !isRank && (isFolded || track.fullLevels > 1 || track.kind === 'counter'),
      isFolded ? 'Unfold' : track.kind === 'counter' ? 'Fold to a line' : 'Fold to one level',
      () => fold(context, track),
    ),
    ...when(true, isRank ? 'Hide this rank' : 'Hide', () => hide(context, track)),
  ];
}

/** The menu of one track at a time; arrows walk through it, Escape closes it. */
export class TrackMenu implements Disposable {
  readonly element = h('div', {
    class: 'track-menu',
    role: 'menu',
    hidden: true,
    keydown: (event) => this.#press(event as KeyboardEvent),
    focusout: (event) => {
      if (!this.element.contains((event as FocusEvent).relatedTarget as Node | null)) {
        this.element.hidden = true;
      }
    },
  });
  #back: (() => void) | null = null;

  /** Opens below `anchor`; `goBack` puts the focus where it was. */
  open(
    items: readonly MenuItem[],
    { label, anchor, goBack }: { label: string; anchor: DOMRect; goBack: () => void },
  ): void {
    this.#back = goBack;
    this.element.setAttribute('aria-label', label);
    this.element.replaceChildren(
      ...items.map(({ text, run }) =>
        h(
          'button',
          {
            type: 'button',
            role: 'menuitem',
            tabindex: -1,
            click: () => {
              run();
              this.#close();
            },
          },
          text,
        ),
      ),
    );
    this.element.hidden = false;
    const { offsetWidth, offsetHeight } = this.element;
    const isBelow = anchor.bottom + offsetHeight + EDGE_PX < window.innerHeight;
    const left = Math.min(anchor.left, window.innerWidth - offsetWidth - EDGE_PX);
    this.element.style.left = `${Math.max(EDGE_PX, left)}px`;
    this.element.style.top = `${Math.max(EDGE_PX, isBelow ? anchor.bottom : anchor.top - offsetHeight)}px`;
    this.#items().at(0)?.focus();
  }

  dispose(): void {
    this.element.remove();
  }

  #items(): readonly HTMLElement[] {
    return [...this.element.querySelectorAll('button')];
  }

  #close(): void {
    this.element.hidden = true;
    this.#back?.();
    this.#back = null;
  }

  #press(event: KeyboardEvent): void {
    event.stopPropagation();
    const items = this.#items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      items.at(next % items.length)?.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      this.#close();
      event.preventDefault();
    }
  }
}
