import { DisposableStore } from '../../src/base/lifetime.ts';
import {
  AREA_KEYS,
  type AreaGroup,
  type AreaSummary,
  type FoundSpans,
} from '../../src/core/model/timeline.ts';
import { unpackFound } from '../../src/protocol/found-spans.ts';
import { h, linkButton, replaceChildren } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { CAUSE_COLORS } from '../base/palette.ts';
import type { Surface } from '../base/surface.ts';
import { describeDurations, mountDurations } from '../durations/durations.ts';
import type { PageContext, View } from '../page-context.ts';
import type { Area } from './area.ts';
import {
  AREA_COLUMNS,
  areaAsCsv,
  cellsOf,
  FIRST_ORDER,
  orderAfter,
  sortGroups,
  titleOf,
} from './area-table.ts';
import './area.css';

type AreaKey = (typeof AREA_KEYS)[number];

/** What is in the area that was chosen, added up by name, phase or category. Hidden while there is none. */
export class AreaPanel implements View {
  readonly #owned = new DisposableStore();
  readonly #by = h(
    'select',
    { 'aria-label': 'Add up by', change: () => this.#ask() },
    ...AREA_KEYS.map((key) => h('option', { value: key }, `by ${key}`)),
  );
  readonly #title = h('h3', { class: 'panel-title', role: 'status' });
  readonly #table = h('table', { class: 'area-table' });
  readonly #what = h('h4', { class: 'panel-title' });
  readonly #histogram: Surface;
  readonly element: HTMLElement;
  #asked = 0;
  #summary: AreaSummary | null = null;
  #summedBy: AreaKey = 'name';
  #order = FIRST_ORDER;
  /** The row that was pressed. */
  #chosen: AreaGroup | null = null;
  #lit: FoundSpans | null = null;

  constructor(private readonly context: PageContext) {
    const { store } = context;
    this.#histogram = this.#owned.add(mountDurations(context, () => this.#picture()));
    this.#histogram.canvas.setAttribute('role', 'img');
    this.element = this.#assemble();
    this.#owned.add(store.area.subscribe(() => this.#ask()));
    this.#ask();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #assemble(): HTMLElement {
    const { store } = this.context;
    return h(
      'section',
      { class: 'area-panel', 'aria-label': 'What is in the chosen area', hidden: true },
      h(
        'div',
        { class: 'area-head' },
        this.#title,
        this.#by,
        linkButton('copy as CSV', 'Copy the table as CSV', () => this.#copy()),
        linkButton('close', 'Give up the area', () => store.area.set(null)),
      ),
      h(
        'div',
        { class: 'area-body' },
        h('div', { class: 'area-scroll', tabindex: 0 }, this.#table),
        h('div', { class: 'area-durations' }, this.#what, this.#histogram.canvas),
      ),
    );
  }

  #ask(): void {
    const area = this.context.store.area.get();
    this.element.hidden = area === null;
    this.#choose(null);
    const asked = ++this.#asked;
    if (area !== null) {
      void this.context.frames.track(this.#load(area, asked));
    }
  }

  /** An answer for an area that has changed since is dropped. */
  async #load(area: Area, asked: number): Promise<void> {
    const { host, run, store } = this.context;
    const by = AREA_KEYS[this.#by.selectedIndex];
    try {
      const { generation } = run;
      const summary = await host.summarizeArea({ ...area, rows: [...area.rows], by, generation });
      if (asked === this.#asked) {
        this.#summary = summary;
        this.#summedBy = by;
        this.#title.textContent = describeArea(area, summary);
        this.#render();
      }
    } catch (error) {
      store.notice.set(error instanceof Error ? error.message : String(error));
    }
  }

  #render(): void {
    const summary = this.#summary;
    if (summary === null) {
      return;
    }
    const rows = sortGroups(summary.groups, this.#order).map((group) => this.#row(group, summary));
    const focused = this.#table.querySelector(':focus')?.getAttribute('data-key') ?? null;
    replaceChildren(this.#table, this.#head(), h('tbody', {}, ...rows));
    const buttons = [...this.#table.querySelectorAll<HTMLElement>('[data-key]')];
    buttons.find((button) => button.getAttribute('data-key') === focused)?.focus();
    const { durations } = this.#chosen ?? summary;
    this.#what.textContent =
      this.#chosen === null ? 'Durations of all spans' : `Durations of ${titleOf(this.#chosen)}`;
    this.#what.parentElement?.toggleAttribute('hidden', durations === null);
    this.#histogram.canvas.setAttribute(
      'aria-label',
      durations === null ? '' : describeDurations(durations),
    );
    this.#histogram.invalidate();
  }

  #head(): HTMLElement {
    const titles = [this.#summedBy, ...AREA_COLUMNS.map(({ title }) => title)];
    const { column, isAscending } = this.#order;
    const cells = titles.map((title, i) => {
      const isOrdered = i - 1 === column;
      const arrow = isOrdered ? (isAscending ? ' ▴' : ' ▾') : '';
      const button = linkButton(`${title}${arrow}`, `Order by ${title}`, () => {
        this.#order = orderAfter(this.#order, i - 1);
        this.#render();
      });
      button.setAttribute('data-key', `order by ${title}`);
      const order = isOrdered ? (isAscending ? 'ascending' : 'descending') : 'none';
      return h('th', { scope: 'col', class: i > 0 ? 'number' : '', 'aria-sort': order }, button);
    });
    return h('thead', {}, h('tr', {}, ...cells));
  }

  #row(group: AreaGroup, { selfNs }: AreaSummary): HTMLElement {
    const isChosen = group === this.#chosen;
    const title = titleOf(group);
    const button = h(
      'button',
      {
        type: 'button',
        class: 'link',
        'data-key': title,
        title,
        'aria-pressed': isChosen ? 'true' : 'false',
        click: () => this.#choose(isChosen ? null : group),
      },
      title,
    );
    return h(
      'tr',
      { class: isChosen ? 'chosen' : '' },
      h('th', { scope: 'row' }, button),
      ...cellsOf(group, selfNs).map((text) => h('td', { class: 'number' }, text)),
    );
  }

  /** Lights its spans on the timeline, and shows how long they are. */
  #choose(group: AreaGroup | null): void {
    const { store, frames } = this.context;
    if (this.#lit !== null && store.matches.get()?.spans === this.#lit) {
      store.matches.set(null);
    }
    this.#lit = null;
    this.#chosen = group;
    this.#render();
    const area = store.area.get();
    if (group !== null && group.cause === null && area !== null) {
      void frames.track(this.#light(area, group));
    }
  }

  async #light(area: Area, group: AreaGroup): Promise<void> {
    const { host, run, store } = this.context;
    try {
      const found = await host.findInArea({
        ...area,
        rows: [...area.rows],
        by: this.#summedBy,
        group: group.name,
        generation: run.generation,
      });
      if (this.#chosen === group) {
        this.#lit = unpackFound(found.spans);
        const { total, totalNs, problem } = found;
        const rankCount = found.byRank.length;
        store.matches.set({
          ...{ query: '', total, totalNs, rankCount, problem },
          ...{ spans: this.#lit, current: -1 },
        });
        store.announcement.set(`${formatCount(total, 'span')} lit; N goes to the next`);
      }
    } catch (error) {
      store.notice.set(error instanceof Error ? error.message : String(error));
    }
  }

  #picture() {
    const durations = (this.#chosen ?? this.#summary)?.durations ?? null;
    const cause = this.#chosen?.cause ?? null;
    return durations === null
      ? null
      : {
          durations,
          markedNs: null,
          color: (theme: { readonly focus: string }) =>
            cause === null ? theme.focus : CAUSE_COLORS[cause],
        };
  }

  #copy(): void {
    const { host, store } = this.context;
    if (this.#summary !== null) {
      const groups = sortGroups(this.#summary.groups, this.#order);
      void host.copyText({ text: areaAsCsv(this.#summedBy, groups, this.#summary.selfNs) });
      store.notice.set('Copied as CSV, times in nanoseconds');
    }
  }
}

/** What was added up, in one line. */
export function describeArea(
  area: Area,
  { count, gapCount, groupCount, groups }: AreaSummary,
): string {
  const idle = gapCount === 0 ? '' : ` and ${formatCount(gapCount, 'idle time')}`;
  const left = groupCount > groups.length ? `, the first ${groups.length} names listed` : '';
  return `${formatCount(count, 'span')}${idle} in ${formatDuration(area.endNs - area.startNs)} of ${formatCount(area.rows.length, 'row')}${left}`;
}
