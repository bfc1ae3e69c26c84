import type { Finding, Report } from '../../src/core/model/report.ts';
import { baseName, formatDuration, formatPercent } from '../base/format.ts';
import { control, h } from '../base/dom.ts';
import { goToFinding } from '../go-to-line.ts';
import type { PageContext } from '../page-context.ts';

/** The sentence over the run, the numbers it rests on, and the way to the line. */
export function renderVerdict(context: PageContext): HTMLElement {
  const { report } = context.run;
  const first = report.findings.at(0);
  return h(
    'div',
    { class: 'verdict-text' },
    h('h2', { class: 'verdict' }, report.verdict.text),
    stepTimeLine(report),
    first === undefined ? null : whatAFixGives(report, first),
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
  const second = findings.at(1)?.savingPercent ?? 0;
  const rest =
    second >= 0.5 && findings[0].savingPercent > 3 * second
      ? `  Nothing else costs more than ${formatPercent(second)}.`
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
    ` p99.${rest}`,
  );
}

function whatAFixGives({ stepTime }: Report, finding: Finding): HTMLElement | null {
  const { savingNsPerStep, savingHow } = finding;
  if (stepTime === null || savingNsPerStep <= 0 || savingNsPerStep >= stepTime.p50Ns) {
    return null;
  }
  const left = stepTime.p50Ns - savingNsPerStep;
  const speedup = stepTime.p50Ns / left;
  return h(
    'details',
    { class: 'how' },
    h(
      'summary',
      {},
      'Fixed, a step would take about ',
      h('strong', {}, `${formatDuration(left)}: ${speedup.toFixed(speedup < 1.1 ? 2 : 1)}× faster`),
      '. ',
      h('span', { class: 'how-label' }, 'How this is computed'),
    ),
    h('p', { class: 'muted' }, savingHow),
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
