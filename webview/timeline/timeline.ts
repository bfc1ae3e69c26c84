import { DisposableStore } from '../../src/base/lifetime.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { h } from '../base/dom.ts';
import type { PageContext, View } from '../page-context.ts';
import { mountAlignBar } from './align-bar.ts';
import { bindAreaDrag } from './area-drag.ts';
import { AreaPanel } from './area-panel.ts';
import { bindGestures } from './gestures.ts';
import { Gutter } from './gutter.ts';
import { keepInSight } from './keep-in-sight.ts';
import { renderLegend } from './legend.ts';
import { listTracks, maxTracksHeight } from './list-tracks.ts';
import { mountMinimap } from './minimap.ts';
import { MarkBar } from './mark-bar.ts';
import { mountRuler } from './ruler-view.ts';
import { SearchBar } from './search-bar.ts';
import { mountSpanList } from './span-list.ts';
import { bindTimelineKeys } from './timeline-keys.ts';
import { bindPointer } from './pointer.ts';
import { TrackBar } from './track-bar.ts';
import { TrackCanvas } from './track-canvas.ts';
import { renderTimelineHead } from './timeline-head.ts';
import './tracks.css';
import { followViews, ViewHistory } from './view-history.ts';
import { watchEvidence } from './watch-evidence.ts';

export function mountTimeline(context: PageContext, showKeys: () => void): View {
  const { store, run } = context;
  const owned = new DisposableStore();
  const content = h('div', { class: 'tracks-content' });
  const scroller = h('div', { class: 'tracks' }, content);
  const gutter = owned.add(new Gutter(context, scroller));
  const bar = owned.add(new TrackBar(context));
  const steps = () => stepsOfRank(context, markedRank(context));
  const canvas = owned.add(new TrackCanvas(context, scroller, steps));
  content.append(gutter.stuck, gutter.element, canvas.element);
  const relist = followTracks(context, owned, () => {
    canvas.list = listTracks(context);
    fitHeight(scroller, content, canvas);
    gutter.show(canvas.list);
    bar.show(canvas.list);
  });
  owned.add(bindGestures(canvas.element, store, run.overview, scroller));
  const tooltip = owned.add(bindPointer(context, canvas));
  const search = owned.add(new SearchBar(context));
  const marks = owned.add(new MarkBar(context));
  const area = owned.add(new AreaPanel(context));
  owned.add(bindAreaDrag(context, canvas, scroller));
  const history = new ViewHistory();
  owned.add(followViews(history, store));
  const openSearch = () => search.open();
  owned.add(
    bindTimelineKeys(context, canvas, {
      canvas,
      scroller,
      showKeys,
      openSearch,
      history,
      addMark: () => marks.add(),
    }),
  );
  owned.add(watchEvidence(context, canvas, scroller));
  owned.add(keepInSight(context, canvas, scroller));
  const ruler = owned.add(mountRuler(context, steps));
  const minimap = owned.add(mountMinimap(context, markedRank(context)));
  const list = owned.add(mountSpanList(context, canvas));
  relist();
  const element = h(
    'section',
    { class: 'panel timeline', 'aria-label': 'Timeline' },
    renderTimelineHead(context, showKeys, openSearch),
    search.element,
    marks.element,
    bar.element,
    owned.add(mountAlignBar(context)).element,
    h('div', { class: 'timeline-row' }, bar.input, minimap.element),
    ruler.element,
    scroller,
    area.element,
    renderLegend(run),
    list.element,
    tooltip.element,
    gutter.menu.element,
  );
  return { element, dispose: () => owned.dispose() };
}

/** Places the tracks anew whenever what is shown of them changes. */
function followTracks(
  { store }: PageContext,
  owned: DisposableStore,
  relist: () => void,
): () => void {
  for (const atom of [store.openRanks, store.tracks, store.trackFilter]) {
    owned.add(atom.subscribe(relist));
  }
  window.addEventListener('resize', relist);
  owned.add({ dispose: () => window.removeEventListener('resize', relist) });
  return relist;
}

/** Steps are marked where the selection is, else on the first rank. */
function markedRank({ store, run }: PageContext): number {
  return store.selection.get()?.rank ?? run.overview.ranks.at(0)?.rank ?? 0;
}

const stepsByRank = new WeakMap<object, Map<number, readonly TimelineStep[]>>();

function stepsOfRank({ run }: PageContext, rank: number): readonly TimelineStep[] {
  let known = stepsByRank.get(run);
  if (known === undefined) {
    known = new Map();
    stepsByRank.set(run, known);
  }
  let steps = known.get(rank);
  if (steps === undefined) {
    steps = run.steps.filter((step) => step.rank === rank);
    known.set(rank, steps);
  }
  return steps;
}

function fitHeight(scroller: HTMLElement, content: HTMLElement, canvas: TrackCanvas): void {
  const height = Math.min(canvas.list.height, maxTracksHeight());
  scroller.style.height = `${height}px`;
  content.style.height = `${canvas.list.height}px`;
  canvas.element.style.height = `${height}px`;
}
