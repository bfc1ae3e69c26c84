import { control, h } from '../base/dom.ts';
import type { PageContext } from '../page-context.ts';
import { toggleAlignment } from './align-bar.ts';
import { moveTo } from './move-to.ts';

/** Title, hints and buttons of the timeline; the hints go before a button would wrap. */
export function renderTimelineHead(
  context: PageContext,
  showKeys: () => void,
  openSearch: () => void,
): HTMLElement {
  const key = (text: string) => h('kbd', {}, text);
  return h(
    'div',
    { class: 'panel-head timeline-head' },
    h('h2', {}, 'Timeline'),
    h(
      'div',
      { class: 'key-hints', 'aria-hidden': 'true' },
      h('span', {}, key('W'), key('A'), key('S'), key('D'), ' move'),
      h('span', {}, key('F'), ' fill'),
      h('span', {}, key('drag'), ' pan'),
      h('span', {}, key('wheel'), ' zoom'),
    ),
    control('vscode-button', { appearance: 'secondary', click: openSearch }, 'Search'),
    control(
      'vscode-button',
      {
        appearance: 'secondary',
        click: () => moveTo(context, context.run.overview, context.run.overview),
      },
      'Whole run',
    ),
    context.run.overview.ranks.length < 2
      ? null
      : control(
          'vscode-button',
          { appearance: 'secondary', click: () => toggleAlignment(context, false) },
          'Align ranks',
        ),
    control('vscode-button', { appearance: 'secondary', click: showKeys }, 'All keys'),
  );
}
