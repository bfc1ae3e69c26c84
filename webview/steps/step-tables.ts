import { group, quantileSorted } from 'd3';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration, formatPercent } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';
import { describeStep, goToStep } from './go-to-step.ts';
import type { RankDeviation } from './ranks-by-deviation.ts';

const MAX_SLOWEST = 20;

/** The map in words and numbers. */
export function renderStepTables(
  context: PageContext,
  deviations: readonly RankDeviation[],
): readonly HTMLElement[] {
  return [slowestTable(context), rankTable(context, deviations)];
}

function slowestTable(context: PageContext): HTMLElement {
  const { steps, report } = context.run;
  const median = report.stepTime?.p50Ns ?? 0;
  const slowest = steps
    .filter(({ isWarmup }) => !isWarmup)
    .sort((a, b) => b.durationNs - a.durationNs)
    .slice(0, MAX_SLOWEST);
  return table(
    `The ${formatCount(slowest.length, 'slowest step')}`,
    ['Step', 'Rank', 'Time', 'Against the median'],
    slowest.map((step) => [
      goToButton(context, step, `step ${step.step}`),
      `rank ${step.rank}`,
      formatDuration(step.durationNs),
      signed(step.durationNs - median, formatDuration),
    ]),
  );
}

function rankTable(context: PageContext, deviations: readonly RankDeviation[]): HTMLElement {
  const stepsByRank = group(
    context.run.steps.filter(({ isWarmup }) => !isWarmup),
    ({ rank }) => rank,
  );
  return table(
    'Ranks, those with most work of their own first',
    ['Rank', 'Own work against the others', 'p50', 'p95', 'Slowest step'],
    deviations.map(({ rank, meanNs, percent }) => {
      const own = (stepsByRank.get(rank) ?? []).sort((a, b) => a.durationNs - b.durationNs);
      const at = (share: number) => quantileSorted(own, share, ({ durationNs }) => durationNs) ?? 0;
      const slowest = own.at(-1);
      return [
        `rank ${rank}`,
        `${signed(meanNs, formatDuration)} · ${signed(percent, formatPercent)}`,
        formatDuration(at(0.5)),
        formatDuration(at(0.95)),
        slowest === undefined
          ? ''
          : goToButton(
              context,
              slowest,
              `step ${slowest.step}, ${formatDuration(slowest.durationNs)}`,
            ),
      ];
    }),
  );
}

function goToButton(context: PageContext, step: TimelineStep, text: string): HTMLElement {
  return linkButton(text, `Go to ${describeStep(step)}`, () =>
    goToStep(context, step, { isOpened: true }),
  );
}

function signed(value: number, format: (value: number) => string): string {
  return value > 0 ? `+${format(value)}` : format(value);
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | HTMLElement)[])[],
): HTMLElement {
  return h(
    'div',
    { class: 'area-scroll' },
    h(
      'table',
      { class: 'number-table' },
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h(
        'tbody',
        {},
        ...rows.map(([first, ...rest]) =>
          h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((cell) => h('td', {}, cell))),
        ),
      ),
    ),
  );
}
