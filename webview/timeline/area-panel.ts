import { DisposableStore } from '../../src/base/lifetime.ts';
import { AREA_KEYS, type AreaGroup, type AreaSummary } from '../../src/core/model/timeline.ts';
import { h, linkButton, replaceChildren } from '../base/dom.ts';
import { formatCount, formatDuration, formatNumber, formatPercent } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import type { Area } from './area.ts';

const COLUMNS = ['Count', 'Total', 'Self', 'Share', 'p50', 'p95', 'p99'];

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
  readonly element = h(
    'section',
    { class: 'area-panel', 'aria-label': 'What is in the chosen area', hidden: true },
    h(
      'div',
      { class: 'area-head' },
      this.#title,
      this.#by,
      linkButton('close', 'Give up the area', () => this.context.store.area.set(null)),
    ),
    h('div', { class: 'area-scroll', tabindex: 0 }, this.#table),
  );
  #asked = 0;

  constructor(private readonly context: PageContext) {
    this.#owned.add(context.store.area.subscribe(() => this.#ask()));
    this.#ask();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #ask(): void {
    const area = this.context.store.area.get();
    this.element.hidden = area === null;
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
      const summary = await host.summarizeArea({ ...area, by, generation });
      if (asked === this.#asked) {
        this.#title.textContent = titleOf(area, summary);
        replaceChildren(this.#table, headOf(by), h('tbody', {}, ...rowsOf(summary)));
      }
    } catch (error) {
      store.notice.set(error instanceof Error ? error.message : String(error));
    }
  }
}

function titleOf(area: Area, { count, groupCount, groups }: AreaSummary): string {
  const left = groupCount > groups.length ? `, the first ${groups.length} listed` : '';
  return `${formatCount(count, 'span')} in ${formatDuration(area.endNs - area.startNs)} of ${formatCount(area.rows.length, 'row')}${left}`;
}

function headOf(by: string): HTMLElement {
  const cells = COLUMNS.map((name) => h('th', { scope: 'col', class: 'number' }, name));
  return h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, by), ...cells));
}

function rowsOf({ groups, selfNs }: AreaSummary): readonly HTMLElement[] {
  return groups.map((group) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', title: group.name }, group.name),
      ...cellsOf(group, selfNs).map((text) => h('td', { class: 'number' }, text)),
    ),
  );
}

/** The share is of the time of their own of all spans: shares sum to 100 %. */
export function cellsOf(group: AreaGroup, allSelfNs: number): readonly string[] {
  const { p50Ns, p95Ns, p99Ns } = group.percentiles;
  return [
    formatNumber(group.count),
    formatDuration(group.totalNs),
    formatDuration(group.selfNs),
    formatPercent(allSelfNs > 0 ? (group.selfNs / allSelfNs) * 100 : 0),
    formatDuration(p50Ns),
    formatDuration(p95Ns),
    formatDuration(p99Ns),
  ];
}
