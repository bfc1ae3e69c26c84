import { DisposableStore } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import { TableToggle } from '../views/table-toggle.ts';
import { HeatCanvas } from './heat-canvas.ts';
import { HeatScale, hottestRatio } from './heat-scale.ts';
import { RankOrder } from './rank-order.ts';
import { runDeviations } from './run-deviations.ts';
import './steps.css';
import { renderStepTables } from './step-tables.ts';
import { renderWalk } from './step-walk.ts';

/** All steps of all ranks at a glance: outliers and their rhythm, and which ranks are late. */
export function mountSteps(context: PageContext): View {
  const { store, run } = context;
  const { steps, report } = run;
  const medianNs = report.stepTime?.p50Ns ?? steps.at(0)?.durationNs ?? 1;
  const scale = new HeatScale(hottestRatio(steps, medianNs));
  const deviations = runDeviations(run);
  const order = new RankOrder(store, deviations);
  const owned = new DisposableStore();
  const noteOf = (rank: number) => order.noteOf(rank);
  const canvas = owned.add(new HeatCanvas(context, order.rows(), { medianNs, scale, noteOf }));
  canvas.element.setAttribute('aria-label', describeMap(context));
  const note = h('span', {});
  const change = h('button', { type: 'button', class: 'link', click: () => order.toggle() });
  let shown = order.isSlowestFirst;
  const say = () => {
    note.textContent = order.describe();
    change.textContent = shown ? 'order by rank number' : 'slowest ranks first';
  };
  say();
  owned.add(
    store.panels.subscribe(() => {
      if (order.isSlowestFirst !== shown) {
        shown = order.isSlowestFirst;
        canvas.show(order.rows());
        say();
      }
    }),
  );
  const tables = owned.add(
    new TableToggle(store, 'steps', {
      text: 'as tables',
      className: 'step-tables',
      render: () => renderStepTables(context, deviations),
    }),
  );
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
      order.canChange ? change : null,
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
    ` ≥ ${formatDuration(medianNs * scale.hottest)}`,
  );
}

function describeMap({ run: { report, overview, steps } }: PageContext): string {
  const { stepTime } = report;
  const typical = stepTime === null ? '' : `, half of them below ${formatDuration(stepTime.p50Ns)}`;
  return `Times of ${formatCount(steps.length, 'step')} on ${formatCount(overview.ranks.length, 'rank')}${typical}. Arrow keys go from step to step and from rank to rank, Enter shows the step on the timeline.`;
}
