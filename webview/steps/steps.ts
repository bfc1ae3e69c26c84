import { DisposableStore } from '../../src/base/lifetime.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration, formatNumber } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import { HeatCanvas } from './heat-canvas.ts';
import { layOutRows, mostRanksOfRow } from './heat-rows.ts';
import { HeatScale, hottestRatio } from './heat-scale.ts';
import { runDeviations } from './run-deviations.ts';
import './steps.css';
import { renderStepTables } from './step-tables.ts';
import { renderWalk } from './step-walk.ts';

/** With more ranks than this, those that are slow come first. */
const MAX_RANKS_BY_NUMBER = 16;

/** All steps of all ranks at a glance: outliers and their rhythm, and which ranks are late. */
export function mountSteps(context: PageContext): View {
  const { store, run } = context;
  const { steps, report } = run;
  const medianNs = report.stepTime?.p50Ns ?? steps.at(0)?.durationNs ?? 1;
  const scale = new HeatScale(hottestRatio(steps, medianNs));
  const deviations = runDeviations(run);
  const slowestFirst = deviations.map(({ rank }) => rank);
  const byNumber = [...slowestFirst].sort((a, b) => a - b);
  const isSlowestFirst = () =>
    (store.panels.get().rankOrder ??
      (byNumber.length > MAX_RANKS_BY_NUMBER ? 'slowest' : 'number')) === 'slowest';
  const rowsNow = () => (isSlowestFirst() ? layOutRows(slowestFirst) : layOutRows(byNumber, 0));
  const owned = new DisposableStore();
  const canvas = owned.add(new HeatCanvas(context, rowsNow(), { medianNs, scale }));
  canvas.element.setAttribute('aria-label', describeMap(context));
  const note = h('span', {});
  const order = linkButton('', '', () =>
    store.panels.set({
      ...store.panels.get(),
      rankOrder: isSlowestFirst() ? 'number' : 'slowest',
    }),
  );
  const say = () => {
    const most = mostRanksOfRow(rowsNow());
    const top = isSlowestFirst() ? ' · most own work on top' : '';
    const shared = most > 1 ? ` · ≤ ${formatNumber(most)} ranks a row, the slowest shown` : '';
    note.textContent = top + shared;
    order.textContent = isSlowestFirst() ? 'order by rank number' : 'slowest ranks first';
    order.removeAttribute('aria-label');
  };
  say();
  owned.add(
    store.panels.subscribe(() => {
      canvas.show(rowsNow());
      say();
    }),
  );
  const tables = renderStepTables(context, deviations);
  const element = h(
    'div',
    { class: 'steps' },
    h(
      'h3',
      { class: 'panel-title' },
      'Steps ',
      h('span', { class: 'quiet' }, '· ', renderScale(medianNs, scale), note),
    ),
    canvas.element,
    h(
      'div',
      { class: 'step-walk' },
      ...renderWalk(context),
      byNumber.length > 2 ? order : null,
      tables.button,
    ),
    tables.body,
  );
  return { element, dispose: () => owned.dispose() };
}

/** What the colors stand for. */
function renderScale(medianNs: number, scale: HeatScale): HTMLElement {
  const bar = h('span', { class: 'heat-scale', 'aria-hidden': 'true' });
  bar.style.background = `linear-gradient(to right, ${scale.color(1)}, ${scale.color(scale.hottest)})`;
  return h(
    'span',
    { class: 'heat-legend' },
    `median ${formatDuration(medianNs)} `,
    bar,
    ` ${formatDuration(medianNs * scale.hottest)} and more`,
  );
}

function describeMap({ run: { report, overview, steps } }: PageContext): string {
  const { stepTime } = report;
  const typical = stepTime === null ? '' : `, half of them below ${formatDuration(stepTime.p50Ns)}`;
  return `Times of ${formatCount(steps.length, 'step')} on ${formatCount(overview.ranks.length, 'rank')}${typical}. Arrow keys go from step to step and from rank to rank, Enter shows the step on the timeline.`;
}
