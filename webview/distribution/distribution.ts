import { DisposableStore } from '../../src/base/lifetime.ts';
import type { StepTime } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { formatDuration } from '../base/format.ts';
import { Surface } from '../base/surface.ts';
import type { PageContext, View } from '../page-context.ts';
import { layOutDistribution } from './layout.ts';
import { LABEL_ROWS_PX, paintDistribution, PLOT_TOP } from './paint.ts';

/** How the analysed steps of all ranks spread; the warm-up is left out. */
export function mountDistribution(context: PageContext, stepTime: StepTime): View {
  const owned = new DisposableStore();
  const values = context.run.steps
    .filter(({ isWarmup }) => !isWarmup)
    .map(({ durationNs }) => durationNs);
  const surface = owned.add(
    new Surface(context.frames, context.themes, 'distribution-canvas', (pen, size, theme) => {
      const plotHeight = size.height - LABEL_ROWS_PX - PLOT_TOP;
      const layout = layOutDistribution(values, stepTime, size.width, plotHeight);
      paintDistribution(pen, layout, size, theme);
    }),
  );
  const { isLog } = layOutDistribution(values, stepTime, 300, 10);
  surface.canvas.setAttribute('role', 'img');
  surface.canvas.setAttribute(
    'aria-label',
    `Distribution of ${values.length} step times: p50 ${formatDuration(stepTime.p50Ns)}, p95 ${formatDuration(stepTime.p95Ns)}, p99 ${formatDuration(stepTime.p99Ns)}`,
  );
  const element = h(
    'div',
    { class: 'distribution' },
    h(
      'h3',
      { class: 'panel-title' },
      'Distribution ',
      isLog ? h('span', { class: 'quiet' }, '· logarithmic axis') : null,
    ),
    surface.canvas,
  );
  return { element, dispose: () => owned.dispose() };
}
