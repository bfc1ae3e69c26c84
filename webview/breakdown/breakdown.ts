import { DisposableStore } from '../../src/base/lifetime.ts';
import { h, replaceChildren } from '../base/dom.ts';
import type { PageContext, View } from '../page-context.ts';
import { TableToggle } from '../views/table-toggle.ts';
import { renderBars } from './bars.ts';
import './breakdown.css';
import { chooseBars } from './choose-bars.ts';
import { renderLegend } from './legend.ts';
import { SPLIT_KINDS, type Split, type SplitKind, splitRun } from './split.ts';
import { renderTable } from './table.ts';

const KIND_NAMES: Readonly<Record<SplitKind, string>> = {
  device: 'device',
  phases: 'phases',
  layers: 'layers',
  causes: 'causes of idle',
};

/** What steps are made of, rank by rank: device time, phases, layers, or causes of idle time. Null where nothing tells. */
export function mountBreakdown(context: PageContext): View | null {
  const { store, run } = context;
  const splits = SPLIT_KINDS.flatMap((kind) => splitRun(run.report, kind) ?? []);
  if (splits.length === 0) {
    return null;
  }
  const owned = new DisposableStore();
  const shown = () => splits.find(({ kind }) => kind === store.panels.get().breakdown) ?? splits[0];
  const bars = h('div', { class: 'breakdown-bars' });
  const legend = h('div', {});
  const kinds = splits.map(({ kind }) => renderChoice(context, kind));
  const table = owned.add(
    new TableToggle(store, 'breakdown', {
      text: 'table and formulas',
      className: 'breakdown-all',
      render: () => [renderTable(context, shown())],
    }),
  );
  const update = () => {
    const split = shown();
    kinds.forEach((button, i) =>
      button.setAttribute('aria-pressed', String(splits[i].kind === split.kind)),
    );
    replaceChildren(bars, ...renderChosen(split));
    replaceChildren(legend, renderLegend(split));
    table.update();
  };
  update();
  let last = shown();
  owned.add(
    store.panels.subscribe(() => {
      if (shown() !== last) {
        last = shown();
        update();
      }
    }),
  );
  const head = h(
    'div',
    { class: 'breakdown-head' },
    h('h3', { class: 'panel-title' }, 'Breakdown'),
    kinds.length < 2
      ? null
      : h('div', { class: 'choices', role: 'group', 'aria-label': 'Divided by' }, ...kinds),
    table.button,
  );
  const element = h(
    'section',
    { class: 'panel breakdown', 'aria-label': 'Breakdown' },
    h('div', {}, head, bars),
    legend,
    table.body,
  );
  return { element, dispose: () => owned.dispose() };
}

function renderChoice({ store }: PageContext, kind: SplitKind): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: 'choice',
      click: () => store.panels.set({ ...store.panels.get(), breakdown: kind }),
    },
    KIND_NAMES[kind],
  );
}

function renderChosen(split: Split): readonly (HTMLElement | null)[] {
  const chosen = chooseBars(split);
  return [
    chosen.sentence === '' ? null : h('p', { class: 'muted' }, chosen.sentence),
    renderBars(split, chosen),
  ];
}
