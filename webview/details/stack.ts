import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { h, linkButton } from '../base/dom.ts';
import { baseName, formatCount, formatDuration } from '../base/format.ts';
import { readableName } from '../base/names.ts';
import type { PageContext } from '../page-context.ts';
import { goToSpan } from '../timeline/partners.ts';

/** What the selection runs in, innermost first; null where nothing is around it. */
export function renderStack(
  context: PageContext,
  { stack, selection, category }: SelectionDetails,
): HTMLElement | null {
  if (selection.kind === 'gap' || stack.length === 0) {
    return null;
  }
  const isOnDevice = ['kernel', 'memcpy', 'memset'].includes(category);
  const levels = stack.map(({ name, span }) =>
    h(
      'li',
      { title: name },
      ...(span === null
        ? [h('span', { class: 'frame' }, baseName(name))]
        : [
            linkButton(readableName(name), `${name}: select it`, () => goToSpan(context, span)),
            h('span', { class: 'muted' }, ` ${formatDuration(span.durationNs)}`),
          ]),
    ),
  );
  const what = isOnDevice ? 'Stack of its launch' : 'Stack';
  return h(
    'details',
    {},
    h('summary', {}, `${what}, ${formatCount(stack.length, 'level')}`),
    h('ol', { class: 'stack' }, ...levels),
  );
}
