import type { Finding, Report } from '../../src/core/model/report.ts';
import { baseName, formatDuration, formatPercent, keepUnits } from '../base/format.ts';
import { control, h } from '../base/dom.ts';
import { costOf, renderWhatIf } from '../findings/what-if.ts';
import { goToFinding } from '../go-to-line.ts';
import type { PageContext } from '../page-context.ts';

/** The sentence over the run, the numbers it rests on, and the way to the line. */
export function renderVerdict(context: PageContext): HTMLElement {
  const { report } = context.run;
  const first = report.findings.at(0);
  return h(
    'div',
    { class: 'verdict-text' },
    h('h2', { class: 'verdict' }, keepUnits(report.verdict.text)),
    stepTimeLine(report),
    first === undefined ? null : whatAFixGives(first),
    first === undefined ? null : goToButton(context, first),
  );
}

/** How loud the verdict is. */
export function verdictTone({ verdict, findings }: Report): 'quiet' | 'ok' | 'warning' | 'error' {
  if (verdict.kind === 'inconclusive') {
    return 'quiet';
  }
  if (findings.some(({ severity }) => severity === 'error')) {
    return 'error';
  }
  const isFast = verdict.kind === 'balanced' || verdict.kind === 'compute-bound';
  return isFast && findings.every(({ severity }) => severity === 'info') ? 'ok' : 'warning';
}

function stepTimeLine({ stepTime, findings }: Report): HTMLElement | null {
  if (stepTime === null) {
    return null;
  }
  const second = findings.slice(1).reduce((most, finding) => Math.max(most, costOf(finding)), 0);
  const rest =
    second >= 0.5 && findings[0].savingPercent > 3 * second
      ? `  Nothing else costs more than ${formatPercent(second)} of it.`
      : '';
  const time = (ns: number) => h('strong', {}, formatDuration(ns));
  return h(
    'p',
    {},
    'Step time ',
    time(stepTime.p50Ns),
    ' p50 · ',
    time(stepTime.p95Ns),
    ' p95 · ',
    time(stepTime.p99Ns),
    ' p99 · ',
    time(stepTime.meanNs),
    ` mean.${rest}`,
  );
}

/** Only what a replay gives is promised. */
function whatAFixGives(finding: Finding): HTMLElement | null {
  const sentence = renderWhatIf(finding);
  return sentence === null
    ? null
    : h(
        'div',
        {},
        sentence,
        h(
          'details',
          { class: 'how' },
          h('summary', {}, h('span', { class: 'how-label' }, 'How this is computed')),
          h('p', { class: 'muted' }, keepUnits(finding.savingHow)),
        ),
      );
}

function goToButton(context: PageContext, { location, annotations }: Finding): HTMLElement | null {
  const target =
    location === null ? annotations.at(0) : `${baseName(location.file)}:${location.line}`;
  return target === undefined
    ? null
    : control(
        'vscode-button',
        { class: 'go-to', click: () => void goToFinding(context, 0) },
        location === null ? `Find “${target}” in the code` : `Go to ${target}`,
      );
}
