import type { Evidence, Finding } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { readableName } from '../base/names.ts';
import type { PageContext } from '../page-context.ts';
import { showIntervals } from './show-evidence.ts';

/** What a finding rests on and what its saving comes from, one button an interval. */
export function renderIntervals(context: PageContext, finding: Finding): HTMLElement | null {
  const { evidence, savingFrom } = finding;
  const claimed = (savingFrom?.longest ?? []).map((interval): Evidence => ({
    ...interval,
    lane: '',
    name: '',
  }));
  const lists = [
    evidence.length === 0
      ? null
      : listOf(context, finding, { name: 'Evidence', intervals: evidence, about: null }),
    savingFrom === undefined || claimed.length === 0
      ? null
      : listOf(context, finding, {
          name: 'Where the saving comes from',
          intervals: claimed,
          about: `${formatCount(savingFrom.count, 'interval')} of all ranks and steps, ${formatDuration(savingFrom.totalNs)} together${savingFrom.leftOut > 0 ? `; the longest ${claimed.length}` : ''}:`,
        }),
  ].filter((list) => list !== null);
  return lists.length === 0
    ? null
    : h(
        'details',
        { class: 'intervals' },
        h('summary', {}, `intervals (${evidence.length + claimed.length})`),
        ...lists,
      );
}

interface IntervalList {
  readonly name: string;
  readonly intervals: readonly Evidence[];
  readonly about: string | null;
}

function listOf(
  context: PageContext,
  { title }: Finding,
  { name, intervals, about }: IntervalList,
): HTMLElement {
  const { startNs } = context.run.overview;
  return h(
    'div',
    {},
    h('h4', { class: 'panel-title' }, name),
    about === null ? null : h('p', { class: 'muted' }, about),
    h(
      'ul',
      { 'aria-label': `${name} of: ${title}` },
      ...intervals.map((interval) =>
        h('li', {}, intervalButton(context, interval, title, startNs)),
      ),
    ),
  );
}

function intervalButton(
  context: PageContext,
  interval: Evidence,
  title: string,
  originNs: number,
): HTMLElement {
  const { rank, step, name } = interval;
  const duration = formatDuration(interval.durationNs);
  const place = step === null ? `rank ${rank}` : `rank ${rank} · step ${step}`;
  const when = `${formatDuration(interval.startNs - originNs)} into the run`;
  const label = [name === '' ? '' : readableName(name), duration, place, when]
    .filter((part) => part !== '')
    .join(', ');
  return h(
    'button',
    {
      type: 'button',
      class: 'interval-row',
      title: label,
      'aria-label': `Show on the timeline: ${label}`,
      click: () => showIntervals(context, [interval], `Showing ${label}, of: ${title}`),
    },
    h('span', { class: 'interval-time' }, duration),
    h('span', { class: 'link' }, place),
    h('span', { class: 'interval-name muted' }, name === '' ? when : readableName(name)),
  );
}
