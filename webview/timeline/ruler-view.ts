import { DisposableStore } from '../../src/base/lifetime.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { asRun, shiftsOf } from './alignment.ts';
import { layOutAxis, partsOfSteps, type TimeAxis } from './axis.ts';
import { layOutMarks } from './marks.ts';
import { layOutSteps, paintMarks, paintStepLabels, paintTimeAxis } from './ruler.ts';
import './ruler.css';

/** Steps, marks and times above the tracks; beside them how much time is in view, and what times count from. */
export function mountRuler(context: PageContext, steps: () => readonly TimelineStep[]): View {
  const { store } = context;
  const owned = new DisposableStore();
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'ruler', (pen, { width, height }, theme) => {
      const range = store.range.get();
      pen.font = `11px ${theme.font}`;
      pen.textBaseline = 'middle';
      pen.lineWidth = 1;
      const marks = layOutSteps(steps(), asRun(range, shiftOfSteps(context, steps())), width);
      pen.strokeStyle = theme.border;
      for (const { x } of marks) {
        pen.beginPath();
        pen.moveTo(Math.round(x) + 0.5, 0);
        pen.lineTo(Math.round(x) + 0.5, height);
        pen.stroke();
      }
      const flags = layOutMarks(store.marks.get(), range, width);
      paintStepLabels(pen, marks, flags, width, theme);
      paintMarks(pen, flags, theme);
      paintTimeAxis(pen, axisOf(context, steps(), width), theme);
    }),
  );
  surface.canvas.setAttribute('aria-hidden', 'true');
  const side = owned.add(mountSide(context));
  for (const atom of [
    store.range,
    store.selection,
    store.marks,
    store.alignment,
    store.timesSince,
  ]) {
    owned.add(atom.subscribe(() => surface.invalidate()));
  }
  const element = h('div', { class: 'timeline-row ruler-row' }, side.element, surface.canvas);
  return { element, dispose: () => owned.dispose() };
}

function shiftOfSteps({ store }: PageContext, steps: readonly TimelineStep[]): number {
  return shiftsOf(store.alignment.get())(steps.at(0)?.rank ?? 0);
}

function axisOf(context: PageContext, steps: readonly TimelineStep[], width: number): TimeAxis {
  const { store, run } = context;
  const range = store.range.get();
  const alignment = store.alignment.get();
  if (alignment !== null) {
    const part = { ...range, originNs: alignment.anchorNs, name: alignment.anchors.label };
    return layOutAxis([part], range, width, true);
  }
  const parts = store.timesSince.get() === 'step' ? partsOfSteps(steps, range, width) : [];
  if (parts.length > 0) {
    return layOutAxis(parts, range, width, true);
  }
  return layOutAxis([{ ...range, originNs: run.overview.startNs, name: '' }], range, width, false);
}

/** Times count from the begin of the run, or from that of each step. */
export function toggleTimesSince({ store }: PageContext): void {
  const next = store.timesSince.get() === 'run' ? 'step' : 'run';
  store.timesSince.set(next);
  store.announcement.set(
    next === 'run'
      ? 'Times count from the begin of the run'
      : 'Times count from the begin of each step',
  );
}

function mountSide(context: PageContext): View {
  const { store, run } = context;
  const owned = new DisposableStore();
  const length = h('span');
  const since = linkButton('', '', () => toggleTimesSince(context));
  const inView = h('span', { class: 'wide' }, ' in view');
  const element = h('div', { class: 'ruler-side' }, h('span', {}, length, inView), since);
  const render = () => {
    const { startNs, endNs } = store.range.get();
    const alignment = store.alignment.get();
    const isStep = store.timesSince.get() === 'step';
    length.textContent = formatDuration(endNs - startNs);
    since.hidden = run.steps.length === 0 || alignment !== null;
    since.textContent = isStep ? 'since step' : 'since run';
    since.ariaLabel = isStep
      ? 'Times count from the begin of each step: count from the begin of the run'
      : 'Times count from the begin of the run: count from the begin of each step';
  };
  for (const atom of [store.range, store.alignment, store.timesSince]) {
    owned.add(atom.subscribe(render));
  }
  render();
  return { element, dispose: () => owned.dispose() };
}
