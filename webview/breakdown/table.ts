import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import type { PageContext } from '../page-context.ts';
import { goToStep } from '../steps/go-to-step.ts';
import { percentText, shareText, timeOf } from './bars.ts';
import { nameOf } from './choose-bars.ts';
import type { Bar, Split } from './split.ts';
import { tenthsOf } from './tenths.ts';

/** All ranks in numbers, each with the way to its intervals, and the formulas. */
export function renderTable(context: PageContext, split: Split): HTMLElement {
  const { parts, run, ranks } = split;
  const typical = typicalSteps(context);
  const heads = ['Rank', ...parts.map(({ name }) => name), 'Sum'];
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'area-scroll' },
      h(
        'table',
        { class: 'number-table breakdown-table' },
        h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
        h(
          'tbody',
          {},
          renderRow(run, null),
          ...ranks.map((bar) =>
            renderRow(bar, renderWay(context, typical.get(bar.rank ?? -1) ?? null)),
          ),
        ),
      ),
    ),
    renderFormulas(context, split),
  );
}

function renderRow(bar: Bar, way: HTMLElement | null): HTMLElement {
  const tenths = tenthsOf(bar.shares);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, `${nameOf(bar)} `, way),
    ...bar.shares.map((_, i) => h('td', {}, shareText(tenths[i], timeOf(bar, i)))),
    h(
      'td',
      {},
      bar.wholePercent > 0 ? shareText(100, (bar.stepNs * bar.wholePercent) / 100) : percentText(0),
    ),
  );
}

function renderWay(context: PageContext, step: TimelineStep | null): HTMLElement | null {
  return step === null
    ? null
    : linkButton(
        `show step ${step.step}`,
        `Show the intervals of rank ${step.rank} in step ${step.step}, the one nearest to its median, on the timeline`,
        () => goToStep(context, step, { isOpened: true }),
      );
}

/** By rank: the analyzed step nearest to its median. */
function typicalSteps({ run }: PageContext): ReadonlyMap<number, TimelineStep> {
  const medians = new Map(
    run.report.ranks.map(({ rank, stepTime }) => [rank, stepTime?.p50Ns ?? 0]),
  );
  const best = new Map<number, TimelineStep>();
  for (const step of run.steps) {
    const median = medians.get(step.rank) ?? 0;
    const known = best.get(step.rank);
    const isNearer =
      known === undefined ||
      Math.abs(step.durationNs - median) < Math.abs(known.durationNs - median);
    if (!step.isWarmup && isNearer) {
      best.set(step.rank, step);
    }
  }
  return best;
}

function renderFormulas({ run: { report } }: PageContext, { parts }: Split): HTMLElement {
  const { formulas = {} } = report;
  const namesByText = new Map<string, string[]>();
  for (const { path, name } of parts) {
    const text = (formulas as Readonly<Record<string, string | undefined>>)[path] ?? '';
    if (text !== '') {
      namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
    }
  }
  return h(
    'dl',
    { class: 'formulas' },
    ...[...namesByText].flatMap(([text, names]) => [
      h('dt', {}, names.join(', ')),
      h('dd', { class: 'muted' }, text),
    ]),
  );
}
