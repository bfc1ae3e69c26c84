import { DisposableStore } from '../../src/base/lifetime.ts';
import { h } from '../base/dom.ts';
import type { PageContext, View } from '../page-context.ts';
import { mountFinding } from './finding-card.ts';

/** The findings, what gives most back first. */
export function mountFindings(context: PageContext): View {
  const owned = new DisposableStore();
  const { findings } = context.run.report;
  const cards = findings.map((finding, index) => owned.add(mountFinding(context, finding, index)));
  const element = h(
    'section',
    { class: 'findings', 'aria-label': 'Findings' },
    h(
      'h2',
      { class: 'panel-title' },
      'Findings ',
      h('span', { class: 'quiet' }, '· by what a fix gives back'),
    ),
    findings.length === 0
      ? h('p', { class: 'muted' }, nothingFound(context))
      : h('ol', { class: 'finding-list' }, ...cards.map((card) => card.element)),
  );
  return { element, dispose: () => owned.dispose() };
}

function nothingFound({ run: { report } }: PageContext): string {
  switch (report.verdict.kind) {
    case 'inconclusive':
      return 'None: there is too little in this trace to judge by. The notes on the trace say what to record.';
    case 'balanced':
      return 'None: no part of the step waits long for another. This run is balanced as it is.';
    case 'compute-bound':
      return 'None: the step is spent computing, and hardly waits for anything.';
    default:
      return 'None: no single cause takes enough of the step to be named.';
  }
}
