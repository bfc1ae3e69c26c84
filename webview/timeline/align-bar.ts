import { DisposableStore } from '../../src/base/lifetime.ts';
import { h, linkButton, replaceChildren } from '../base/dom.ts';
import { formatCount } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import {
  alignOn,
  type Alignment,
  type Anchors,
  anchorsOfCollective,
  anchorsOfStep,
} from './alignment.ts';

/** What ranks are aligned on, with the way out of it. Hidden while they are not. */
export function mountAlignBar(context: PageContext): View {
  const { store } = context;
  const element = h('div', { class: 'align-bar', role: 'status', hidden: true });
  const render = (alignment: Alignment | null) => {
    element.hidden = alignment === null;
    replaceChildren(element, ...(alignment === null ? [] : contentOf(context, alignment)));
  };
  const owned = new DisposableStore();
  owned.add(store.alignment.subscribe(render));
  render(store.alignment.get());
  return { element, dispose: () => owned.dispose() };
}

function contentOf(context: PageContext, alignment: Alignment): readonly HTMLElement[] {
  const { store, run } = context;
  const { anchors, edge, rank } = alignment;
  const other = edge === 'begin' ? 'end' : 'begin';
  return [
    h('span', {}, describeAlignment(alignment, run.overview.ranks.length)),
    linkButton(`on its ${other}`, `Align on the ${other} of ${anchors.label}`, () =>
      store.alignment.set(alignOn(anchors, rank, other)),
    ),
    linkButton('give up', 'Show each rank when it was', () => giveUpAlignment(context)),
  ];
}

/** In a few words. */
export function nameAlignment({ anchors, edge, rank }: Alignment): string {
  return `aligned on the ${edge} of ${anchors.label}, as on rank ${rank}`;
}

/** In one sentence. */
export function describeAlignment(alignment: Alignment, rankCount: number): string {
  const missing = rankCount - alignment.anchors.byRank.size;
  const without =
    missing === 0
      ? ''
      : `; ${formatCount(missing, 'rank')} without it ${missing === 1 ? 'stays' : 'stay'} unmoved`;
  const [first, ...rest] = nameAlignment(alignment);
  return `${first.toUpperCase()}${rest.join('')}${without}. Times count from there.`;
}

export function giveUpAlignment({ store }: PageContext): void {
  store.alignment.set(null);
  store.announcement.set('Each rank is shown when it was');
}

/** Aligns on the collective that is selected, else on the step of the selection or of the view; or gives it up. */
export function toggleAlignment(context: PageContext, isStepWanted: boolean): void {
  const { store, run } = context;
  if (store.alignment.get() !== null) {
    giveUpAlignment(context);
    return;
  }
  const rank = store.selection.get()?.rank ?? run.overview.ranks.at(0)?.rank ?? 0;
  const anchors = findAnchors(context, rank, isStepWanted);
  const alignment = anchors === null ? null : alignOn(anchors, rank, 'begin');
  if (alignment === null) {
    store.notice.set(
      'To align ranks, select a collective, or bring a step into view that other ranks have as well.',
    );
    return;
  }
  store.alignment.set(alignment);
  store.announcement.set(describeAlignment(alignment, run.overview.ranks.length));
}

function findAnchors(context: PageContext, rank: number, isStepWanted: boolean): Anchors | null {
  const { store, run } = context;
  const collective = store.details.get()?.collective ?? null;
  if (collective !== null && !isStepWanted) {
    return anchorsOfCollective(collective);
  }
  const step = stepToAlign(context, rank);
  return step === null ? null : anchorsOfStep(run.steps, step);
}

/** Of the selection, else in the middle of the view; null where there is none. */
function stepToAlign({ store, run }: PageContext, rank: number): number | null {
  const selected = store.details.get()?.step ?? null;
  const { startNs, endNs } = store.range.get();
  const middle = (startNs + endNs) / 2;
  const inView = run.steps.find(
    (step) =>
      step.rank === rank && step.startNs <= middle && step.startNs + step.durationNs > middle,
  );
  return selected ?? inView?.step ?? null;
}
