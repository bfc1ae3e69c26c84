import type { Evidence, Finding } from '../../src/core/model/report.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { readableName } from '../base/names.ts';
import type { PageContext } from '../page-context.ts';
import { showIntervals } from './show-evidence.ts';

/** What a finding rests on and what its saving comes from, one button an interval. */
export function renderIntervals(context: PageContext, finding: Finding): HTMLElement | null {
  const { evidence, savingFrom, title } = finding;
  const claimed = (savingFrom?.longest ?? []).map((interval): Evidence => ({
    ...interval,
    lane: '',
    name: '',
  }));
  const lists = [
    listOf(context, 'Evidence', evidence, title),
    listOf(context, 'Where the saving comes from', claimed, title),
  ].filter((list) => list !== null);
  if (lists.length === 0) {
    return null;
  }
  const rest =
    savingFrom === undefined
      ? null
      : h(
          'p',
          { class: 'muted' },
          `The saving comes from ${formatCount(savingFrom.count, 'interval')}, ${formatDuration(savingFrom.totalNs)} in all ranks and steps${savingFrom.leftOut > 0 ? `; the longest are listed, ${savingFrom.leftOut} more are not` : ''}.`,
        );
  return h(
    'details',
    { class: 'intervals' },
    h('summary', {}, `intervals (${evidence.length + claimed.length})`),
    ...lists,
    rest,
  );
}

function listOf(
  context: PageContext,
  name: string,
  intervals: readonly Evidence[],
  title: string,
): HTMLElement | null {
  return intervals.length === 0
    ? null
    : h(
        'div',
        {},
        h('h4', { class: 'panel-title' }, name),
        h(
          'ul',
          {},
          ...intervals.map((interval) => {
            const text = describe(interval, context.run.overview.startNs);
            const show = (): void =>
              showIntervals(context, [interval], `Showing ${text}, of: ${title}`);
            return h('li', {}, linkButton(text, `Show on the timeline: ${text}`, show));
          }),
        ),
      );
}

function describe({ rank, step, name, startNs, durationNs }: Evidence, originNs: number): string {
  const where = step === null ? `rank ${rank}` : `rank ${rank}, step ${step}`;
  const what = name === '' ? '' : ` ${readableName(name)}:`;
  return `${where}:${what} ${formatDuration(durationNs)}, ${formatDuration(startNs - originNs)} into the run`;
}
