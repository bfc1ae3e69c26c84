import { DisposableStore } from '../../src/base/lifetime.ts';
import { unpackFound } from '../../src/protocol/found-spans.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration, formatNumber } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import type { Matches } from './matches.ts';
import { walkMatches } from './walk-matches.ts';

const WAIT_MS = 150;
const EXAMPLE =
  'name, cat:kernel, phase:forward, dur>1ms, rank:0-3, lane:"stream 7", line:train.py:61';

/** Finds spans by name and filters; Enter and Shift+Enter walk through them. Hidden until asked for. */
export class SearchBar implements View {
  readonly #owned = new DisposableStore();
  readonly #input = h('input', {
    type: 'search',
    placeholder: EXAMPLE,
    'aria-label': `Search spans: ${EXAMPLE}`,
    spellcheck: 'false',
    input: () => this.#later(),
    keydown: (event) => this.#press(event as KeyboardEvent),
  });
  readonly #count = h('output', { class: 'muted', 'aria-live': 'polite' });
  readonly element = h(
    'div',
    { class: 'search-bar', role: 'search', hidden: true },
    this.#input,
    linkButton('◂ previous', 'Go to the previous match', () => walkMatches(this.context, -1)),
    linkButton('next ▸', 'Go to the next match', () => walkMatches(this.context, 1)),
    linkButton('close', 'End the search', () => this.close()),
    this.#count,
  );
  #timer = 0;
  #asked = 0;

  constructor(private readonly context: PageContext) {
    this.#owned.add(context.store.matches.subscribe((matches) => this.#tell(matches)));
    this.#owned.add({ dispose: () => window.clearTimeout(this.#timer) });
    this.#searchOn(context.store.matches.get());
    this.#owned.add(context.store.wantedSpans.subscribe((wanted) => this.#searchFor(wanted)));
    this.#searchFor(context.store.wantedSpans.get());
  }

  open(): void {
    this.element.hidden = false;
    this.#input.focus();
    this.#input.select();
  }

  close(): void {
    this.element.hidden = true;
    this.#asked++;
    this.context.store.matches.set(null);
    document.querySelector<HTMLElement>('.track-canvas')?.focus();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #later(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.context.frames.track(this.#search()), WAIT_MS);
  }

  #press(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.close();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const isNew = this.context.store.matches.get()?.query !== this.#input.value;
      const step = event.shiftKey ? -1 : 1;
      void (isNew ? this.#search() : Promise.resolve()).then(() => walkMatches(this.context, step));
    }
  }

  /** What was looked for in other tables is looked for in these. */
  #searchOn(matches: Matches | null): void {
    if (matches !== null && matches.query !== '') {
      this.element.hidden = false;
      this.#input.value = matches.query;
      void this.context.frames.track(this.#search());
    }
  }

  /** What the editor asks for is looked for once, and gone to. */
  #searchFor(wanted: { readonly query: string } | null): void {
    if (wanted === null) {
      return;
    }
    const { store, frames } = this.context;
    store.wantedSpans.set(null);
    this.element.hidden = false;
    this.#input.value = wanted.query;
    this.#input.focus();
    void frames.track(this.#search()).then(() => walkMatches(this.context, 1));
  }

  /** An answer to a query that has changed since is dropped. */
  async #search(): Promise<void> {
    window.clearTimeout(this.#timer);
    const { host, store, run } = this.context;
    const query = this.#input.value;
    const asked = ++this.#asked;
    if (query.trim() === '') {
      store.matches.set(null);
      return;
    }
    try {
      const { generation } = run;
      const { spans, byRank, ...found } = await host.findSpans({ generation, query });
      if (asked === this.#asked) {
        const rankCount = byRank.length;
        store.matches.set({
          ...{ query, ...found, rankCount },
          ...{ spans: unpackFound(spans), current: -1 },
        });
      }
    } catch (error) {
      store.notice.set(error instanceof Error ? error.message : String(error));
    }
  }

  #tell(matches: Matches | null): void {
    this.#count.textContent = matches === null ? '' : describeMatches(matches);
    this.element.classList.toggle('bad-query', matches !== null && matches.problem !== '');
  }
}

/** `12 of 1,204 spans on 8 ranks, 312 ms in all`. */
export function describeMatches({ current, ...matches }: Matches): string {
  const { total, totalNs, rankCount, spans, problem } = matches;
  if (problem !== '') {
    return problem;
  }
  const onRanks = rankCount > 1 ? ` on ${formatNumber(rankCount)} ranks` : '';
  const inAll = total > 1 ? `${onRanks}, ${formatDuration(totalNs)} in all` : '';
  const all = formatCount(total, 'span') + inAll;
  if (total === 0) {
    return 'No span matches. Parts of names and filters must all hold.';
  }
  const walked = spans.length < total ? `, the ${formatNumber(spans.length)} longest lit` : '';
  const place = current < 0 ? '' : `${formatNumber(current + 1)} of `;
  return spans.length < total && current >= 0
    ? `${place}the ${formatNumber(spans.length)} longest of ${all}`
    : `${place}${all}${walked}`;
}
