import { h } from '../base/dom.ts';
import { RANK_TRACK, type TimelineRank } from '../../src/core/model/timeline.ts';
import type { Store } from '../store.ts';
import type { TrackList } from './tracks.ts';

/** The names beside the tracks: a rank is a button that opens it. */
export function renderGutter(
  gutter: HTMLElement,
  { tracks }: TrackList,
  ranks: readonly TimelineRank[],
  store: Store,
): void {
  const focused = gutter.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-rank')
    : null;
  const labels = tracks.map((track) => {
    const label =
      track.lane === RANK_TRACK
        ? rankButton(track.rank, ranks, store)
        : h('div', { class: 'lane-label', title: track.label }, track.label);
    label.style.top = `${track.top}px`;
    label.style.height = `${Math.min(track.height, track.levelHeight)}px`;
    return label;
  });
  gutter.replaceChildren(...labels);
  if (focused !== null && focused !== undefined) {
    gutter.querySelector<HTMLElement>(`[data-rank="${focused}"]`)?.focus();
  }
}

function rankButton(rank: number, ranks: readonly TimelineRank[], store: Store): HTMLElement {
  const isOpen = store.openRanks.get().has(rank);
  const lanes = ranks.find((other) => other.rank === rank)?.lanes.length ?? 0;
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

export function toggleRank(store: Store, rank: number): void {
  const open = new Set(store.openRanks.get());
  if (!open.delete(rank)) {
    open.add(rank);
  }
  store.openRanks.set(open);
}
