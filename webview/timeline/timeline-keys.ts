import type { Disposable } from '../../src/base/lifetime.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { giveUpAlignment, toggleAlignment } from './align-bar.ts';
import { shiftsOf } from './alignment.ts';
import { areaBetween } from './area.ts';
import { choose } from './choose.ts';
import { findSelected, neighbourOf, verticalNeighbourOf } from './hit-test.ts';
import { rangeAfterKey } from './keys.ts';
import { moveTo, moveToRank } from './move-to.ts';
import { goToSelection } from '../go-to-line.ts';
import { goToPartner } from './partners.ts';
import { toggleTimesSince } from './ruler-view.ts';
import { toggleRank } from './track-commands.ts';
import { walkMatches } from './walk-matches.ts';
import type { TrackCanvas } from './track-canvas.ts';
import { currentView, type ViewHistory } from './view-history.ts';

const SCROLL_PX = 60;

interface Around {
  readonly canvas: TrackCanvas;
  readonly scroller: HTMLElement;
  readonly showKeys: () => void;
  readonly openSearch: () => void;
  readonly addMark: () => void;
  readonly history: ViewHistory;
}

/** Letters work anywhere on the page; arrows, Home and Enter where the timeline has the focus. */
export function bindTimelineKeys(
  context: PageContext,
  canvas: TrackCanvas,
  around: Around,
): Disposable {
  const { element } = canvas;
  element.tabIndex = 0;
  element.setAttribute('role', 'application');
  element.setAttribute(
    'aria-label',
    'Timeline of all ranks. Enter selects the longest span in view, Shift and arrow keys go from span to span, question mark lists all keys.',
  );
  const press = (event: KeyboardEvent) => {
    if (isTyping(event.target)) {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      const step = stepOfViews(event);
      if (step !== null) {
        walkViews(context, around, step);
        event.preventDefault();
      }
      return;
    }
    const isOnTimeline = event.target === element;
    const isHandled =
      pressAnywhere(event, context, around) ||
      (isOnTimeline && pressOnTimeline(event, context, canvas, around));
    if (isHandled) {
      event.preventDefault();
    }
  };
  document.addEventListener('keydown', press);
  return { dispose: () => document.removeEventListener('keydown', press) };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null
  );
}

function pressAnywhere(event: KeyboardEvent, context: PageContext, around: Around): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[wasd0+=-]$/.test(key)) {
    const { overview } = context.run;
    const target = rangeAfterKey(key, context.store.range.get(), overview);
    if (target !== null) {
      moveTo(context, target, overview);
    }
    return true;
  }
  const action = ACTIONS.get(key);
  action?.(context, around, event.shiftKey);
  return action !== undefined;
}

type Action = (context: PageContext, around: Around, isShifted: boolean) => void;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['f', frameSelection],
  ['g', (context) => void goToSelection(context)],
  ['j', (context, _, isShifted) => goToPartner(context, isShifted)],
  ['o', toggleSelectedRank],
  ['l', (context, _, isShifted) => toggleAlignment(context, isShifted)],
  ['n', (context, _, isShifted) => walkMatches(context, isShifted ? -1 : 1)],
  ['t', toggleTimesSince],
  ['Escape', giveUp],
  ['?', (_, { showKeys }) => showKeys()],
  ['/', (_, { openSearch }) => openSearch()],
  ['e', areaInView],
  ['m', (_, { addMark }) => addMark()],
  ['[', (context, around) => walkViews(context, around, -1)],
  [']', (context, around) => walkViews(context, around, 1)],
]);

/** The selection, then the area, then what ranks are aligned on: the nearest first. */
function giveUp(context: PageContext): void {
  const { selection, area, alignment } = context.store;
  if (selection.get() === null && area.get() !== null) {
    area.set(null);
  } else if (selection.get() === null && alignment.get() !== null) {
    giveUpAlignment(context);
  } else {
    choose(context, null);
  }
}

/** Alt+Left goes back to the view before, Alt+Right forth again. */
function stepOfViews({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): 1 | -1 | null {
  if (!altKey || ctrlKey || metaKey) {
    return null;
  }
  return key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : null;
}

function walkViews(context: PageContext, { history }: Around, step: 1 | -1): void {
  history.visit(currentView(context.store));
  const view = history.step(step);
  if (view !== null) {
    context.store.tracks.set(view.tracks);
    moveTo(context, view.range, context.run.overview);
  }
}

/** Adds up what is in view; once more gives it up. */
function areaInView({ store }: PageContext, { canvas, scroller }: Around): void {
  const { width, height } = canvas.surface.size;
  const shiftOf = shiftsOf(store.alignment.get());
  const view = { range: store.range.get(), width, scrollTop: scroller.scrollTop, shiftOf };
  const end = { x: width, y: height };
  const isShown = store.area.get() !== null;
  store.area.set(isShown ? null : areaBetween({ x: 0, y: 0 }, end, canvas.list, view));
}

function toggleSelectedRank({ store, run }: PageContext): void {
  toggleRank(store, store.selection.get()?.rank ?? run.overview.ranks.at(0)?.rank ?? 0);
}

function pressOnTimeline(
  event: KeyboardEvent,
  context: PageContext,
  canvas: TrackCanvas,
  { scroller }: Around,
): boolean {
  if (event.key === 'Enter') {
    choose(context, canvas.facts(longestInView(context, canvas)));
    return true;
  }
  if (event.shiftKey && event.key.startsWith('Arrow')) {
    selectNeighbour(event.key, context, canvas);
    return true;
  }
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    scroller.scrollTop += event.key === 'ArrowUp' ? -SCROLL_PX : SCROLL_PX;
    return true;
  }
  const { overview } = context.run;
  const target = rangeAfterKey(event.key, context.store.range.get(), overview);
  if (target !== null) {
    moveTo(context, target, overview);
  }
  return target !== null;
}

function frameSelection(context: PageContext): void {
  const details = context.store.details.get();
  if (details !== null) {
    const { selection, startNs, durationNs } = details;
    moveToRank(context, selection.rank, frameInterval(startNs, durationNs));
  }
}

function longestInView({ store }: PageContext, canvas: TrackCanvas): number {
  const data = canvas.feed.window.get();
  const { startNs, endNs } = store.range.get();
  let best = -1;
  let bestNs = 0;
  for (let i = 0; i < (data?.rectangles.length ?? 0); i++) {
    const facts = canvas.facts(i);
    const seenNs =
      facts === null || facts.selection === null
        ? 0
        : Math.min(facts.endNs, endNs) - Math.max(facts.startNs, startNs);
    if (seenNs > bestNs) {
      best = i;
      bestNs = seenNs;
    }
  }
  return best;
}

function selectNeighbour(key: string, context: PageContext, canvas: TrackCanvas): void {
  const data = canvas.feed.window.get();
  const selection = context.store.selection.get();
  const current = data === null || selection === null ? -1 : findSelected(data, selection);
  if (data === null || current < 0) {
    choose(context, canvas.facts(longestInView(context, canvas)));
    return;
  }
  const step = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
  const isSideways = key === 'ArrowLeft' || key === 'ArrowRight';
  const next = isSideways
    ? nextSelectable(canvas, current, step)
    : verticalNeighbourOf(data, current, step);
  const facts = canvas.facts(next);
  if (facts !== null) {
    choose(context, facts);
    keepInView(context, facts.startNs, facts.endNs);
  }
}

function nextSelectable(canvas: TrackCanvas, from: number, step: 1 | -1): number {
  const data = canvas.feed.window.get();
  let at = from;
  while (data !== null) {
    const next = neighbourOf(data, at, step);
    if (next === at) {
      return from;
    }
    if ((canvas.facts(next)?.selection ?? null) !== null) {
      return next;
    }
    at = next;
  }
  return from;
}

function keepInView(context: PageContext, startNs: number, endNs: number): void {
  const range = context.store.range.get();
  if (startNs < range.startNs || endNs > range.endNs) {
    const length = Math.max(range.endNs - range.startNs, (endNs - startNs) * 1.1);
    const middle = (startNs + endNs) / 2;
    moveTo(
      context,
      { startNs: middle - length / 2, endNs: middle + length / 2 },
      context.run.overview,
    );
  }
}
