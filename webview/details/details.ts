import { DisposableStore } from '../../src/base/lifetime.ts';
import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { control, h, replaceChildren } from '../base/dom.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { isSameSelection } from '../store.ts';
import { frameInterval } from '../time-range.ts';
import { moveToRank } from '../timeline/move-to.ts';
import './details.css';
import { renderAllSpans } from './all-spans.ts';
import { detailsAsText, factsOf } from './facts.ts';
import { layOutPlaceBars, paintPlaceBars } from './place-bars.ts';
import { renderRelated } from './related.ts';
import { renderWhere } from './where.ts';

/** What is selected, in numbers; nothing at all while nothing is. */
export function mountDetails(context: PageContext): View {
  const { store, host, run, frames } = context;
  const owned = new DisposableStore();
  let shown = new DisposableStore();
  const element = h('section', { class: 'panel details', 'aria-label': 'Selection', hidden: true });
  const show = (details: SelectionDetails | null) => {
    shown.dispose();
    shown = new DisposableStore();
    element.hidden = details === null;
    replaceChildren(element, ...(details === null ? [] : renderDetails(context, details, shown)));
  };
  const read = async () => {
    const selection = store.selection.get();
    if (selection === null) {
      store.details.set(null);
      return;
    }
    try {
      const details = await host.readDetails({ generation: run.generation, selection });
      if (isSameSelection(store.selection.get(), selection)) {
        store.details.set(details);
      }
    } catch (error) {
      store.notice.set(error instanceof Error ? error.message : String(error));
      store.details.set(null);
    }
  };
  owned.add(store.details.subscribe(show));
  owned.add(store.selection.subscribe(() => void frames.track(read())));
  owned.add({ dispose: () => shown.dispose() });
  void frames.track(read());
  return { element, dispose: () => owned.dispose() };
}

function renderDetails(
  context: PageContext,
  details: SelectionDetails,
  owned: DisposableStore,
): readonly (HTMLElement | null)[] {
  const { selection, step, perStep } = details;
  const kind = selection.kind === 'gap' ? 'gap' : 'span';
  const inStep = step === null ? '' : `, step ${step}`;
  return [
    h(
      'div',
      { class: 'details-head' },
      h('h2', { class: 'panel-title' }, `Selected · ${kind} on rank ${selection.rank}${inStep}`),
      h('p', { class: 'selected-name', title: details.name }, details.name),
      renderActions(context, details),
    ),
    renderFacts(context, details),
    renderRelated(context, details),
    h(
      'div',
      { class: 'details-spread' },
      perStep === null || perStep.count < 2 ? null : renderPlace(context, details, owned),
      renderAllSpans(context, details, owned),
    ),
    renderWhere(context, details),
  ];
}

function renderFacts(context: PageContext, details: SelectionDetails): HTMLElement {
  const facts = factsOf(details, context.run.overview.startNs).map(([name, value]) => [
    h('dt', {}, name),
    h('dd', {}, value),
  ]);
  return h('dl', { class: 'facts' }, ...facts.flat());
}

function renderActions(context: PageContext, details: SelectionDetails): HTMLElement {
  const { store, host, run } = context;
  const button = (text: string, click: () => void) =>
    control('vscode-button', { appearance: 'secondary', click }, text);
  return h(
    'div',
    { class: 'details-actions' },
    button('Fill the view', () =>
      moveToRank(
        context,
        details.selection.rank,
        frameInterval(details.startNs, details.durationNs),
      ),
    ),
    button('Copy', () => {
      void host.copyText({ text: detailsAsText(details, run.overview.startNs) });
      store.notice.set('Copied');
    }),
    button('Close', () => store.selection.set(null)),
  );
}

/** Where this step stands among all. */
function renderPlace(
  { frames, themes, run }: PageContext,
  details: SelectionDetails,
  owned: DisposableStore,
): HTMLElement {
  const { perStep, step, selection } = details;
  const values = perStep?.valuesNs ?? [];
  const analysed = run.steps.filter(({ rank, isWarmup }) => rank === selection.rank && !isWarmup);
  const selected = analysed.findIndex((other) => other.step === step);
  const surface = owned.add(
    new Surface(frames, themes, 'place-canvas', (pen, { width, height }, theme) =>
      paintPlaceBars(pen, layOutPlaceBars(values, selected, width, height - 3), height, {
        details,
        theme,
      }),
    ),
  );
  surface.canvas.setAttribute('role', 'img');
  surface.canvas.setAttribute('aria-label', `Its time in each of ${values.length} steps`);
  const what = selection.kind === 'gap' ? 'This wait' : 'This name';
  return h(
    'div',
    { class: 'details-place' },
    h('h3', { class: 'panel-title' }, `${what} over all steps`),
    surface.canvas,
  );
}
