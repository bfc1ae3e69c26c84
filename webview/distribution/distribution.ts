import { DisposableStore } from '../../src/base/lifetime.ts';
import type { StepTime } from '../../src/core/model/report.ts';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import type { Nanoseconds } from '../../src/core/model/units.ts';
import { h } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { describeStep, goToStep } from '../steps/go-to-step.ts';
import { HeatScale, hottestRatio } from '../steps/heat-scale.ts';
import { nearestStep } from '../steps/nearest-step.ts';
import './distribution.css';
import { type Distribution, layOutDistribution, percentileMarks } from './layout.ts';
import { paintDistribution, PLOT_TOP } from './paint.ts';
import { placeLabels } from './place-labels.ts';

const LABEL_ROW_PX = 16;
/** From the line of a percentile, in pixels: still meant. */
const NEAR_PX = 5;

/** How the analyzed steps of all ranks spread; the warm-up is left out. */
export function mountDistribution(context: PageContext, stepTime: StepTime): View {
  const owned = new DisposableStore();
  const steps = context.run.steps.filter(({ isWarmup }) => !isWarmup);
  const scale = new HeatScale(hottestRatio(steps, stepTime.p50Ns));
  const values = steps.map(({ durationNs }) => durationNs);
  const goTo = (durationNs: number) => {
    const step = nearestStep(steps, durationNs);
    if (step !== null) {
      goToStep(context, step);
    }
  };
  const labels = renderLabels(steps, stepTime, goTo);
  const labelBox = h('div', { class: 'percentiles' }, ...labels);
  let shown = layOutDistribution(values, stepTime, 300, 10);
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'distribution-canvas', (pen, size, theme) => {
      shown = layOutDistribution(values, stepTime, size.width, size.height - PLOT_TOP);
      paintDistribution(pen, shown, size, { theme, scale });
      place(labelBox, labels, shown, size.width);
    }),
  );
  const { canvas } = surface;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute(
    'aria-label',
    `Distribution of ${formatCount(values.length, 'step time')}: p50 ${formatDuration(stepTime.p50Ns)}, p95 ${formatDuration(stepTime.p95Ns)}, p99 ${formatDuration(stepTime.p99Ns)}`,
  );
  canvas.addEventListener('pointermove', ({ offsetX }) => {
    const target = targetAt(shown, offsetX);
    canvas.title = target?.text ?? '';
    canvas.classList.toggle('over-span', target !== null);
  });
  canvas.addEventListener('click', ({ offsetX }) => {
    const target = targetAt(shown, offsetX);
    if (target !== null) {
      goTo(target.valueNs);
    }
  });
  const element = h(
    'div',
    { class: 'distribution' },
    h(
      'h3',
      { class: 'panel-title' },
      'Distribution ',
      shown.isLog ? h('span', { class: 'quiet' }, '· logarithmic axis') : null,
    ),
    canvas,
    labelBox,
  );
  return { element, dispose: () => owned.dispose() };
}

/** One button a percentile, which goes to the step nearest to it. */
function renderLabels(
  steps: readonly TimelineStep[],
  stepTime: StepTime,
  goTo: (durationNs: Nanoseconds) => void,
): readonly HTMLElement[] {
  return percentileMarks(stepTime).map(({ name, valueNs }) => {
    const step = nearestStep(steps, valueNs);
    const where = step === null ? '' : `: ${describeStep(step)}`;
    return h(
      'button',
      {
        type: 'button',
        class: 'link percentile',
        title: `The step nearest to it${where}`,
        click: () => goTo(valueNs),
      },
      `${name} ${formatDuration(valueNs)}`,
    );
  });
}

/** The percentile or the bar under a point, and the time of step that it stands for. */
function targetAt(
  { bars, marks }: Distribution,
  x: number,
): { readonly text: string; readonly valueNs: number } | null {
  const [mark] = marks
    .filter((other) => Math.abs(other.x - x) <= NEAR_PX)
    .sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x));
  if ((mark as typeof mark | undefined) !== undefined) {
    return { text: `${mark.name} ${formatDuration(mark.valueNs)}`, valueNs: mark.valueNs };
  }
  const bar = bars.find((other) => x >= other.x && x <= other.x + other.width + 1);
  return bar === undefined
    ? null
    : {
        text: `${formatCount(bar.count, 'step')} of ${formatDuration(bar.fromNs)} to ${formatDuration(bar.toNs)}`,
        valueNs: (bar.fromNs + bar.toNs) / 2,
      };
}

function place(
  box: HTMLElement,
  labels: readonly HTMLElement[],
  { marks }: Distribution,
  width: number,
): void {
  const sizes = labels.map((label, i) => ({ x: marks[i].x, width: label.offsetWidth }));
  const places = placeLabels(sizes, width);
  places.forEach(({ left, row }, i) => {
    labels[i].style.left = `${left}px`;
    labels[i].style.top = `${row * LABEL_ROW_PX}px`;
  });
  const rows = places.reduce((most, { row }) => Math.max(most, row + 1), 1);
  box.style.height = `${rows * LABEL_ROW_PX}px`;
}
