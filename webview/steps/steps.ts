import { DisposableStore } from '../../src/base/lifetime.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { StillPicture } from '../base/still-picture.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { describeStep, goToStep } from './go-to-step.ts';
import { cellAt, layOutHeat } from './layout.ts';
import { paintFrame, paintHeat } from './paint.ts';

const AXIS_PX = 20;

/** All steps of all ranks at a glance: outliers and their rhythm. */
export function mountSteps(context: PageContext): View {
  const { store, run } = context;
  const { steps } = run;
  const median = run.report.stepTime?.p50Ns ?? steps.at(0)?.durationNs ?? 1;
  const layOut = rememberLast((width) => layOutHeat(steps, median, width));
  const cells = new StillPicture((pen, { width }, theme) => paintHeat(pen, layOut(width), theme));
  let shown: TimelineStep | null = null;
  const owned = new DisposableStore();
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'heat-canvas', (pen, size, theme) => {
      cells.draw(pen, size, theme);
      shown = stepInView(context);
      paintFrame(pen, layOut(size.width), shown, theme);
    }),
  );
  const { canvas } = surface;
  canvas.style.height = `${layOutHeat(steps, median, 1000).plotHeight + AXIS_PX}px`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', describeSteps(context));
  const hit = ({ offsetX, offsetY }: MouseEvent) =>
    cellAt(layOut(surface.size.width), offsetX, offsetY)?.step;
  canvas.addEventListener('click', (event) => {
    const step = hit(event);
    if (step !== undefined) {
      goToStep(context, step, { isOpened: true });
    }
  });
  canvas.addEventListener('pointermove', (event) => {
    const step = hit(event);
    canvas.title = step === undefined ? '' : describeStep(step);
    canvas.classList.toggle('over-span', step !== undefined);
  });
  const follow = () => {
    if (stepInView(context) !== shown) {
      surface.invalidate();
    }
  };
  owned.add(store.range.subscribe(follow));
  const element = h(
    'div',
    { class: 'steps' },
    h(
      'h3',
      { class: 'panel-title' },
      'Steps ',
      h('span', { class: 'quiet' }, '· color: time against the median · click to go there'),
    ),
    canvas,
    renderWalk(context),
  );
  return { element, dispose: () => owned.dispose() };
}

/** Panning paints often, and a run may have tens of thousands of steps: the same is laid out once. */
function rememberLast<T>(layOut: (width: number) => T): (width: number) => T {
  let last: { readonly width: number; readonly result: T } | null = null;
  return (width) => {
    if (last?.width !== width) {
      last = { width, result: layOut(width) };
    }
    return last.result;
  };
}

/** The step that fills the middle of the timeline; null while several are in view. */
function stepInView({ store, run }: PageContext): TimelineStep | null {
  const { startNs, endNs } = store.range.get();
  const middle = (startNs + endNs) / 2;
  const rank = store.selection.get()?.rank ?? run.overview.ranks.at(0)?.rank;
  const step = run.steps.find(
    (other) =>
      other.rank === rank && other.startNs <= middle && other.startNs + other.durationNs > middle,
  );
  const isAlone = step !== undefined && step.durationNs * 3 > endNs - startNs;
  return isAlone ? step : null;
}

/** The same by keyboard: from step to step, and to the slowest. */
function renderWalk(context: PageContext): HTMLElement {
  const { steps, overview } = context.run;
  const own = steps.filter(({ rank }) => rank === overview.ranks.at(0)?.rank);
  const walk = (direction: 1 | -1) => {
    const { startNs, endNs } = context.store.range.get();
    const middle = (startNs + endNs) / 2;
    const at = own.findIndex((step) => step.startNs + step.durationNs > middle);
    const current = at < 0 ? own.length : at;
    const isWide = stepInView(context) === null;
    const step = own.at(
      Math.min(own.length - 1, Math.max(0, isWide ? current : current + direction)),
    );
    if (step !== undefined) {
      goToStep(context, step);
    }
  };
  const slowest = steps
    .filter(({ isWarmup }) => !isWarmup)
    .reduce<TimelineStep | undefined>(
      (slow, step) => (slow === undefined || step.durationNs > slow.durationNs ? step : slow),
      undefined,
    );
  return h(
    'div',
    { class: 'step-walk' },
    linkButton('◂ previous', 'Go to the previous step', () => walk(-1)),
    linkButton('next ▸', 'Go to the next step', () => walk(1)),
    slowest === undefined
      ? null
      : linkButton(
          `slowest: step ${slowest.step} of rank ${slowest.rank}, ${formatDuration(slowest.durationNs)}`,
          'Go to the slowest step',
          () => goToStep(context, slowest),
        ),
  );
}

function describeSteps({ run: { report, overview, steps } }: PageContext): string {
  const { stepTime } = report;
  const typical = stepTime === null ? '' : `, half of them below ${formatDuration(stepTime.p50Ns)}`;
  return `Times of ${steps.length} steps on ${overview.ranks.length} ranks${typical}.`;
}
