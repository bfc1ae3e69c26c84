import type { Selection } from '../../src/core/model/timeline.ts';
import { h } from '../base/dom.ts';
import type { PageContext } from '../page-context.ts';

/** The event's own arguments, read from the file when they are asked for. */
export function renderArguments(context: PageContext, selection: Selection): HTMLElement {
  const body = h('div', { class: 'arguments' });
  const box = h('details', {}, h('summary', {}, 'Arguments of the event'), body);
  let isRead = false;
  box.addEventListener('toggle', () => {
    if (box.open && !isRead) {
      isRead = true;
      void context.frames.track(readInto(body, context, selection));
    }
  });
  return box;
}

async function readInto(
  body: HTMLElement,
  { host, run }: PageContext,
  { rank, index }: Selection,
): Promise<void> {
  body.replaceChildren('Reading…');
  try {
    const rows = await host.readArguments({ generation: run.generation, rank, span: index });
    body.replaceChildren(
      rows.length === 0
        ? 'This event has none.'
        : h(
            'dl',
            { class: 'facts mono' },
            ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
          ),
    );
  } catch (error) {
    body.replaceChildren(error instanceof Error ? error.message : String(error));
  }
}
