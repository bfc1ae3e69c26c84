import { DisposableStore } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import type { PageContext, View } from '../page-context.ts';
import { choose } from './choose.ts';
import { describeRectangle } from './labels.ts';
import type { TrackCanvas } from './track-canvas.ts';
import type { RectangleFacts } from './window-data.ts';

const MAX_ROWS = 25;

/** The longest spans and gaps in view as a list of buttons: the timeline without a pointer. */
export function mountSpanList(context: PageContext, canvas: TrackCanvas): View {
  const owned = new DisposableStore();
  const list = h('ul', { class: 'span-list' });
  const element = h(
    'details',
    { class: 'span-list-box' },
    h('summary', {}, 'What is in view, as a list'),
    list,
  );
  const render = () => {
    if (element.open) {
      list.replaceChildren(
        ...longestInView(context, canvas).map((facts) => h('li', {}, rowButton(context, facts))),
      );
    }
  };
  const later = () => context.frames.request(render);
  element.addEventListener('toggle', later);
  owned.add(canvas.feed.window.subscribe(later));
  owned.add(context.store.range.subscribe(later));
  return { element, dispose: () => owned.dispose() };
}

function rowButton(context: PageContext, facts: RectangleFacts): HTMLElement {
  const { startNs } = context.run.overview;
  return h(
    'button',
    { type: 'button', class: 'span-row', click: () => choose(context, facts) },
    h('span', { class: 'span-row-name' }, `rank ${facts.rank}: ${describeRectangle(facts)}`),
    h('span', { class: 'muted' }, `at ${formatDuration(facts.startNs + facts.shiftNs - startNs)}`),
  );
}

function longestInView({ store }: PageContext, canvas: TrackCanvas): readonly RectangleFacts[] {
  const { startNs, endNs } = store.range.get();
  const found: RectangleFacts[] = [];
  for (let i = 0; i < (canvas.feed.window.get()?.rectangles.length ?? 0); i++) {
    const facts = canvas.facts(i);
    if (
      facts !== null &&
      facts.selection !== null &&
      facts.startNs < endNs &&
      facts.endNs > startNs
    ) {
      found.push(facts);
    }
  }
  return found.sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs)).slice(0, MAX_ROWS);
}
