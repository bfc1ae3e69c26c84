import { type Disposable, DisposableStore } from '../../src/base/lifetime.ts';
import { counterLane } from '../../src/core/model/counter.ts';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import { h } from '../base/dom.ts';
import { Menu } from '../base/menu.ts';
import { formatCount } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';
import { formatCounter } from './counter-format.ts';
import { bindLabelDrag } from './label-drag.ts';
import { moveBy, toggleRank } from './track-commands.ts';
import { keyOf } from './track-key.ts';
import { menuItems } from './track-menu.ts';
import { type Track, type TrackList, tracksInSight } from './tracks.ts';

/** Labels this far outside the view are there, too, for Tab to reach. */
const OVERSCAN_PX = 200;
const MIN_LABEL_PX = 15;
const MARGIN_PX = 8;

/** The names beside the tracks, of those in sight: a rank is a button that opens it, a lane one with a menu. */
export class Gutter implements Disposable {
  /** Scrolls with the tracks. */
  readonly element = h('div', { class: 'gutter', role: 'group', 'aria-label': 'Tracks' });
  /** Stays at the top. */
  readonly stuck = h('div', {
    class: 'gutter gutter-stuck',
    role: 'group',
    'aria-label': 'Pinned',
  });
  readonly menu = new Menu();
  readonly #owned = new DisposableStore();
  readonly #labels = new Map<string, HTMLElement>();
  #list: TrackList | null = null;

  constructor(
    private readonly context: PageContext,
    private readonly scroller: HTMLElement,
  ) {
    const later = () => context.frames.request(this.#refresh);
    scroller.addEventListener('scroll', later);
    const observer = new ResizeObserver(later);
    observer.observe(scroller);
    this.#owned.add({ dispose: () => observer.disconnect() });
    this.#owned.add(this.menu);
    this.#owned.add({ dispose: () => scroller.removeEventListener('scroll', later) });
    this.#owned.add({ dispose: () => context.frames.forget(this.#refresh) });
    for (const part of [this.element, this.stuck]) {
      part.addEventListener('keydown', (event) => this.#press(event));
      this.#owned.add(
        bindLabelDrag(context, { part, scroller, list: () => this.#list, trackOf: this.#trackOf }),
      );
    }
  }

  /** All labels anew. */
  show(list: TrackList): void {
    const focused = this.#focusedKey();
    this.#list = list;
    this.#labels.clear();
    this.scroller.style.setProperty('--stuck-height', `${list.stuckHeight}px`);
    this.stuck.hidden = list.stuckHeight === 0;
    this.element.replaceChildren();
    this.stuck.replaceChildren();
    this.#refresh();
    if (focused !== null) {
      this.#labels.get(focused)?.querySelector('button')?.focus({ preventScroll: true });
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Adds what has come into sight and takes away what has left it, but for the one that has the focus. */
  readonly #refresh = () => {
    const list = this.#list;
    if (list === null) {
      return;
    }
    const { scrollTop, clientHeight } = this.scroller;
    const seen = { from: 0, to: clientHeight };
    const tracks = tracksInSight(list, scrollTop, seen, OVERSCAN_PX);
    const wanted = new Set(tracks.map(keyOf));
    for (const [key, label] of this.#labels) {
      if (!wanted.has(key) && !label.contains(document.activeElement)) {
        label.remove();
        this.#labels.delete(key);
      }
    }
    let before: Element | null = null;
    for (const track of tracks) {
      const key = keyOf(track);
      let label = this.#labels.get(key);
      if (label === undefined) {
        label = this.#label(track, list);
        this.#labels.set(key, label);
        const part = track.isStuck ? this.stuck : this.element;
        const isFirst: boolean = before?.parentElement !== part;
        part.insertBefore(label, isFirst ? part.firstChild : (before?.nextSibling ?? null));
      }
      before = label;
    }
  };

  #label(track: Track, list: TrackList): HTMLElement {
    const isRank = track.lane === RANK_TRACK;
    const label = h(
      'div',
      { class: `track-label of-${track.kind}`, 'data-key': keyOf(track) },
      isRank ? this.#rankButton(track) : this.#laneButton(track, list),
      isRank ? this.#moreButton(track, list) : null,
    );
    label.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      this.#openMenu(track, list);
    });
    label.style.top = `${track.top}px`;
    label.style.height = `${Math.max(MIN_LABEL_PX, track.height)}px`;
    label.style.setProperty('--level', `${Math.max(MIN_LABEL_PX, track.levelHeight)}px`);
    return label;
  }

  #rankButton({ rank }: Track): HTMLElement {
    const { store, run } = this.context;
    const isOpen = store.openRanks.get().has(rank);
    const lanes = run.overview.ranks.find((other) => other.rank === rank)?.lanes.length ?? 0;
    return h(
      'button',
      {
        type: 'button',
        class: 'rank-button',
        'data-rank': rank,
        'aria-expanded': isOpen ? 'true' : 'false',
        'aria-label': `rank ${rank}, ${lanes} threads and streams`,
        click: () => toggleRank(store, rank),
      },
      h('span', { class: 'chevron', 'aria-hidden': 'true' }, isOpen ? '▾' : '▸'),
      ` rank ${rank}`,
    );
  }

  #laneButton(track: Track, list: TrackList): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'lane-label',
        title: this.#describe(track),
        'aria-haspopup': 'menu',
        'aria-label': `${track.label}, of rank ${track.rank}`,
        'aria-description': this.#describe(track),
        click: () => this.#openMenu(track, list),
      },
      h('span', { class: 'lane-name' }, track.label),
      h('span', { class: 'more', 'aria-hidden': 'true' }, '…'),
    );
  }

  /** The whole name, and of a counter its smallest and largest value. */
  #describe({ rank, lane, label }: Track): string {
    const counter = this.context.run.overview.ranks
      .find((other) => other.rank === rank)
      ?.counters?.find((other) => counterLane(other.counter) === lane);
    if (counter === undefined) {
      return label;
    }
    const [min, max] = [counter.min, counter.max].map((value) => formatCounter(value, counter));
    return `${label}: ${min} to ${max}, ${formatCount(counter.sampleCount, 'sample')}`;
  }

  #moreButton(track: Track, list: TrackList): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'more',
        'aria-haspopup': 'menu',
        'aria-label': `Arrange ${track.label}`,
        title: 'Pin, move, hide',
        click: () => this.#openMenu(track, list),
      },
      '…',
    );
  }

  #openMenu(track: Track, list: TrackList): void {
    const key = keyOf(track);
    const anchor = this.#labels.get(key)?.querySelector('button')?.getBoundingClientRect();
    if (anchor !== undefined) {
      this.menu.open(menuItems(this.context, list, track), {
        label: track.label,
        anchor,
        goBack: () => this.#focus(key),
      });
    }
  }

  /** Alt+Up and Alt+Down move the track, without Alt they go to the one above or below. */
  #press(event: KeyboardEvent): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined;
    const track = this.#trackOf(event.target as Element | null);
    const list = this.#list;
    if (by === undefined || track === undefined || list === null || event.shiftKey) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) {
      moveBy(this.context, list, track, by);
      this.#focus(keyOf(track));
      return;
    }
    const next = list.tracks.at(Math.max(0, list.tracks.indexOf(track) + by));
    if (next !== undefined) {
      this.#focus(keyOf(next));
    }
  }

  readonly #trackOf = (element: Element | null): Track | undefined =>
    this.#list?.byKey.get(element?.closest<HTMLElement>('.track-label')?.dataset['key'] ?? '');

  #focusedKey(): string | null {
    const label = document.activeElement?.closest<HTMLElement>('.track-label');
    return label?.dataset['key'] ?? null;
  }

  /** Scrolls there where needed; a label that is gone leaves the focus to the tracks. */
  #focus(key: string): void {
    const track = this.#list?.byKey.get(key);
    if (track === undefined) {
      document.querySelector<HTMLElement>('.track-canvas')?.focus();
      return;
    }
    scrollTracksTo(this.scroller, this.#list?.stuckHeight ?? 0, track);
    this.#refresh();
    this.#labels.get(key)?.querySelector('button')?.focus({ preventScroll: true });
  }
}

/** Brings a track into sight, below what is stuck. */
export function scrollTracksTo(scroller: HTMLElement, stuckHeight: number, track: Track): void {
  const { scrollTop, clientHeight } = scroller;
  const isSeen =
    track.isStuck ||
    (track.top >= scrollTop + stuckHeight && track.top + track.height <= scrollTop + clientHeight);
  if (!isSeen) {
    scroller.scrollTop = track.top - stuckHeight - MARGIN_PX;
  }
}
