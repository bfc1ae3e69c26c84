import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import { formatCount, formatDuration } from '../base/format.ts';
import { readableName } from '../base/names.ts';
import type { PageContext } from '../page-context.ts';
import { goToSpan } from '../timeline/partners.ts';
import { renderArguments } from './arguments.ts';
import { describeArrivals, listPartners, selectionOf } from './collective.ts';
import { renderStack } from './stack.ts';

/** What joins it to others, and what the event itself says. */
export function renderRelated(context: PageContext, details: SelectionDetails): HTMLElement {
  const rows = details.related.map((related) => [
    h('dt', {}, related.relation),
    h('dd', { class: 'related', title: related.name }, ...renderLink(context, related)),
  ]);
  const { selection } = details;
  return h(
    'div',
    { class: 'details-related' },
    rows.length === 0 ? null : h('dl', { class: 'facts' }, ...rows.flat()),
    renderCollective(context, details),
    renderStack(context, details),
    selection.kind === 'span' ? renderArguments(context, selection) : null,
  );
}

function renderLink(
  context: PageContext,
  { relation, name, selection, startNs, durationNs }: SelectionDetails['related'][number],
): readonly (HTMLElement | string)[] {
  const readable = readableName(name);
  return [
    selection === null
      ? readable
      : linkButton(readable, `${relation} ${name}: select it`, () =>
          goToSpan(context, { selection, startNs, durationNs }),
        ),
    h('span', { class: 'muted' }, ` ${formatDuration(durationNs)}`),
  ];
}

/** When the other ranks came to it; of many, the first and the last. */
function renderCollective(
  context: PageContext,
  { collective, selection }: SelectionDetails,
): HTMLElement | null {
  if (collective === null) {
    return null;
  }
  const { rows, left } = listPartners(collective, selection.rank);
  return h(
    'div',
    { class: 'details-collective' },
    h('h3', { class: 'panel-title' }, 'The same collective'),
    h('p', {}, describeArrivals(collective)),
    h(
      'dl',
      { class: 'facts' },
      ...rows.flatMap(({ arrival, text }) => [
        h('dt', {}, `Rank ${arrival.rank}`),
        h(
          'dd',
          {},
          linkButton(text, `The same collective on rank ${arrival.rank}, ${text}: select it`, () =>
            goToSpan(context, { ...arrival, selection: selectionOf(arrival) }),
          ),
        ),
      ]),
    ),
    left === 0 ? null : h('p', { class: 'muted' }, `and ${formatCount(left, 'rank')} between them`),
  );
}
