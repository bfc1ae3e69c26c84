import type { Report } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { formatDuration, formatPercent } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';

interface Row {
  readonly name: string;
  readonly value: string;
  /** Path of the number in the report. */
  readonly path: string;
}

/** The numbers of the run, each with the formula that gives it, and the way to its intervals. */
export function renderNumbers(context: PageContext): HTMLElement {
  const { report } = context.run;
  return h(
    'details',
    { class: 'panel notes numbers' },
    h('summary', {}, h('h2', { class: 'panel-title' }, 'Numbers and their formulas')),
    h('div', { class: 'number-scroll' }, renderRun(report)),
  );
}

/** Formulas are told to everyone: on screen as quiet text, not on hover alone. */
function renderRun(report: Report): HTMLElement {
  const { formulas = {} } = report;
  return h(
    'table',
    { class: 'number-table run-numbers' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['The run', 'Value', 'Formula'].map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h(
      'tbody',
      {},
      ...runRows(report).map(({ name, value, path }) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, name),
          h('td', {}, value),
          h('td', { class: 'muted' }, formulas[path] ?? ''),
        ),
      ),
    ),
  );
}

function runRows({ stepTime, verdict, whatIf, replay }: Report): Row[] {
  const time = (name: string, path: string, ns: number): Row => ({
    name,
    path,
    value: formatDuration(ns),
  });
  const percent = (name: string, path: string, value: number): Row => ({
    name,
    path,
    value: formatPercent(value),
  });
  return [
    ...(stepTime === null
      ? []
      : [
          time('Step, p50', 'stepTime.p50Ns', stepTime.p50Ns),
          time('Step, p95', 'stepTime.p95Ns', stepTime.p95Ns),
          time('Step, p99', 'stepTime.p99Ns', stepTime.p99Ns),
          time('Step, mean', 'stepTime.meanNs', stepTime.meanNs),
        ]),
    ...(verdict.kind === 'inconclusive'
      ? []
      : [percent('Verdict', 'verdict.sharePercent', verdict.sharePercent)]),
    ...(typeof replay?.errorPercent === 'number'
      ? [percent('Replay, error', 'replay.errorPercent', replay.errorPercent)]
      : []),
    ...(whatIf === null
      ? []
      : [
          {
            name: 'Slowdown S',
            path: 'whatIf.slowdown',
            value: `${whatIf.slowdown.toFixed(3)}×`,
          },
        ]),
  ];
}
