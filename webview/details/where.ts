import type { SelectionDetails } from '../../src/core/model/timeline.ts';
import { control, h } from '../base/dom.ts';
import { baseName } from '../base/format.ts';
import { goToSelection } from '../go-to-line.ts';
import type { PageContext } from '../page-context.ts';
import { describeHow } from './facts.ts';

/** The line, and how it was found. */
export function renderWhere(context: PageContext, { source, how }: SelectionDetails): HTMLElement {
  const place = source.locations.at(0);
  const annotation = source.annotations.at(0);
  const go = (text: string) =>
    control('vscode-button', { class: 'go-to', click: () => void goToSelection(context) }, text);
  const body =
    place !== undefined
      ? [
          h('p', { class: 'mono', title: place.file }, `${baseName(place.file)}:${place.line}`),
          h('p', { class: 'muted' }, how === null ? '' : describeHow(how)),
          go('Go to line'),
        ]
      : annotation !== undefined
        ? [
            h('p', {}, `Inside “${annotation}”`),
            h('p', { class: 'muted' }, 'the name is looked up in the code of the workspace'),
            go('Go to line'),
          ]
        : [
            h(
              'p',
              { class: 'muted' },
              'The trace does not tell the line. Record it with with_stack=True, with record_function or with timing spans.',
            ),
          ];
  return h('div', { class: 'details-where' }, h('h3', { class: 'panel-title' }, 'Where'), ...body);
}
