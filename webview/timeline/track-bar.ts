import { DisposableStore } from '../../src/base/lifetime.ts';
import { h, linkButton, replaceChildren } from '../base/dom.ts';
import { formatCount, formatNumber } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import { fewRanks } from './few-ranks.ts';
import { countTracks } from './plan-tracks.ts';
import { showHidden } from './track-choices.ts';
import { MAX_FILTER_CHARACTERS, parseTrackFilter } from './track-filter.ts';
import type { TrackList } from './tracks.ts';

/** Runs of fewer tracks are seen whole, and need no filter. */
const FEW_TRACKS = 6;
const EXAMPLE = 'rank 3, ranks 0-7, stream, main';

/** Above the tracks: which of them are shown, and how to see others. */
export class TrackBar implements View {
  readonly #owned = new DisposableStore();
  /** Where the filter is written; has its place beside the minimap. */
  readonly input = h('input', {
    type: 'text',
    class: 'track-filter',
    placeholder: 'Filter',
    title: `Filter tracks: ${EXAMPLE}`,
    'aria-label': `Filter tracks: ${EXAMPLE}`,
    maxlength: MAX_FILTER_CHARACTERS,
    spellcheck: 'false',
    input: () => this.context.store.trackFilter.set(this.input.value),
    keydown: (event) => {
      if ((event as KeyboardEvent).key === 'Escape') {
        this.#clear();
      }
    },
  });
  readonly #count = h('output', { class: 'muted', 'aria-live': 'polite' });
  readonly #notes = h('span', { class: 'track-notes' });
  readonly element = h('div', { class: 'track-bar' }, this.#count, this.#notes);
  readonly #total: number;

  constructor(private readonly context: PageContext) {
    const { store, run } = context;
    this.#total = countTracks(run.overview.ranks);
    this.#owned.add(store.trackFilter.subscribe((text) => this.#write(text)));
    this.#write(store.trackFilter.get());
  }

  /** Tells of what is shown now. */
  show(list: TrackList): void {
    const { store, run } = this.context;
    const { hidden } = store.tracks.get();
    const isFiltered = parseTrackFilter(store.trackFilter.get()) !== null;
    const few = fewRanks(run);
    this.input.hidden = this.#total < FEW_TRACKS && !isFiltered;
    this.#count.textContent = isFiltered
      ? `${formatNumber(list.tracks.length)} of ${formatCount(this.#total, 'track')}`
      : '';
    this.#count.hidden = !isFiltered;
    const notes: Node[] = [];
    if (isFiltered) {
      notes.push(linkButton('clear', 'Clear the filter of tracks', () => this.#clear()));
    }
    if (hidden.length > 0) {
      const show = () => store.tracks.set(showHidden(store.tracks.get()));
      notes.push(
        h(
          'span',
          {},
          `${formatCount(hidden.length, 'track')} hidden · `,
          linkButton('show all', 'Show all hidden tracks', show),
        ),
      );
    }
    if (few !== null && !isFiltered) {
      notes.push(this.#ranksNote(list));
    }
    replaceChildren(this.#notes, ...notes);
    this.element.hidden = notes.length === 0;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** What is shown of many ranks, and the way to the others. */
  #ranksNote(list: TrackList): HTMLElement {
    const { store, run } = this.context;
    const choices = store.tracks.get();
    const all = formatNumber(run.overview.ranks.length);
    const shown = new Set(list.tracks.map(({ rank }) => rank)).size;
    const show = (showsAllRanks: boolean) => () => store.tracks.set({ ...choices, showsAllRanks });
    return choices.showsAllRanks
      ? h(
          'span',
          {},
          `all ${all} ranks · `,
          linkButton('show those that matter', 'Show the ranks that matter', show(false)),
        )
      : h(
          'span',
          {},
          `${formatNumber(shown)} of ${all} ranks: the slowest, those of findings, a typical one and those you opened · `,
          linkButton(`show all ${all} ranks`, `Show all ${all} ranks`, show(true)),
        );
  }

  #clear(): void {
    this.context.store.trackFilter.set('');
    this.input.focus();
  }

  #write(text: string): void {
    if (this.input.value !== text) {
      this.input.value = text;
    }
  }
}
