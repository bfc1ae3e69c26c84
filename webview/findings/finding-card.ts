import { DisposableStore } from '../../src/base/lifetime.ts';
import type { Finding } from '../../src/core/model/report.ts';
import { h, linkButton } from '../base/dom.ts';
import { baseName, formatDuration, formatSaving, keepUnits } from '../base/format.ts';
import { fixFinding, goToFinding } from '../go-to-line.ts';
import type { PageContext, View } from '../page-context.ts';
import { renderIntervals } from './intervals.ts';
import { showEvidence } from './show-evidence.ts';
import { thresholdText } from './threshold-text.ts';
import { renderWhatIf } from './what-if.ts';

const SEVERITY_WORDS = { error: 'Error', warning: 'Warning', info: 'Note' };

export function mountFinding(context: PageContext, finding: Finding, index: number): View {
  const owned = new DisposableStore();
  const fix = h(
    'details',
    { class: 'finding-fix' },
    h('summary', {}, 'advice and numbers'),
    renderFix(context, finding),
  );
  const element = h(
    'li',
    { class: `finding ${finding.severity}` },
    h(
      'div',
      { class: 'finding-head' },
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      h('span', { class: 'only-read' }, `${SEVERITY_WORDS[finding.severity]}: `),
      h('h3', {}, keepUnits(finding.title)),
      finding.savingPercent > 0
        ? h(
            'strong',
            { class: 'saving', title: 'Share of the mean step that a fix gives back' },
            formatSaving(finding.savingPercent),
          )
        : null,
    ),
    renderWhatIf(finding),
    h('p', { class: 'muted' }, keepUnits(finding.why)),
    h('div', { class: 'finding-actions' }, ...actions(context, finding, index), fix),
  );
  owned.add(
    context.store.shownFinding.subscribe((shown) =>
      element.classList.toggle('shown', shown === index),
    ),
  );
  return { element, dispose: () => owned.dispose() };
}

function actions(context: PageContext, finding: Finding, index: number): readonly HTMLElement[] {
  const { location, annotations, evidence, title } = finding;
  const buttons: HTMLElement[] = [];
  if (location !== null) {
    const place = `${baseName(location.file)}:${location.line}`;
    buttons.push(
      linkButton(place, `Go to ${place}: ${title}`, () => void goToFinding(context, index)),
    );
  } else if (annotations.length > 0) {
    buttons.push(
      linkButton(
        'find the line',
        `Find the line of ${annotations[0]}`,
        () => void goToFinding(context, index),
      ),
    );
  }
  if (context.run.fixable?.includes(finding.id) === true) {
    buttons.push(
      linkButton('fix…', `Edit the script to fix: ${title}`, () => void fixFinding(context, index)),
    );
  }
  if (evidence.length > 0) {
    buttons.push(
      linkButton('show', `Show on the timeline: ${title}`, () => showEvidence(context, index)),
    );
  }
  buttons.push(
    linkButton('copy', `Copy as Markdown: ${title}`, () => void copyFinding(context, index)),
  );
  return buttons;
}

async function copyFinding({ host, store, run }: PageContext, index: number): Promise<void> {
  try {
    await host.copyFinding({ generation: run.generation, index });
    store.notice.set('Copied as Markdown');
  } catch (error) {
    store.notice.set(error instanceof Error ? error.message : String(error));
  }
}

function renderFix(context: PageContext, finding: Finding): HTMLElement {
  const { host } = context;
  const advice = finding.advice.map(({ text, link }) =>
    h(
      'li',
      {},
      text,
      link === undefined ? null : ' ',
      link === undefined
        ? null
        : linkButton('Read more', `Read more: ${text}`, () => void host.openLink({ url: link })),
    ),
  );
  const { threshold, savingHow, confidence, ranks, savingNsPerStep } = finding;
  return h(
    'div',
    { class: 'finding-body' },
    advice.length === 0 ? null : h('ul', { class: 'advice' }, ...advice),
    h(
      'dl',
      { class: 'facts' },
      ...fact('Saving', `${formatDuration(savingNsPerStep)} per step. ${keepUnits(savingHow)}`),
      ...fact('Threshold', thresholdText(threshold)),
      ...fact('Confidence', confidence),
      ...fact('Ranks', ranks.length === 0 ? 'all' : ranks.join(', ')),
    ),
    renderIntervals(context, finding),
  );
}

function fact(name: string, value: string): readonly HTMLElement[] {
  return [h('dt', {}, name), h('dd', {}, value)];
}
