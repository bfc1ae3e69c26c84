import * as vscode from 'vscode';
import { formatDuration } from '../../base/format-duration.ts';
import { judgeLine, type LineFacts } from '../../core/hints/line-facts.ts';
import type { StepTime } from '../../core/model/report.ts';
import { formatChange, formatPercent, formatSigned } from '../format-percent.ts';
import type { ShownLine } from './shown-lines.ts';

/** `◂ 312 ms/step · 71 % · p95 480 ms · rank 3 +41 % · ▲ 12 %`: what its dearest span costs, and no more than is worth a word. */
export function hintText({ how, state, costs }: ShownLine, stepTime: StepTime | null): string {
  const [dearest] = costs;
  if (dearest === undefined) {
    return '';
  }
  const facts = judgeLine(dearest, stepTime);
  const parts = [
    timeText(facts),
    formatPercent(facts.sharePercent),
    facts.tailNs === null ? '' : vscode.l10n.t('p95 {0}', formatDuration(facts.tailNs)),
    facts.rank === null
      ? ''
      : vscode.l10n.t('rank {0} {1}', facts.rank.rank, formatSigned(facts.rank.percent)),
    facts.changePercent === null ? '' : formatChange(facts.changePercent),
    how === 'structure' ? vscode.l10n.t('inferred') : '',
    state === 'changed' ? vscode.l10n.t('line changed since') : '',
    costs.length > 1 ? vscode.l10n.t('{0} more', costs.length - 1) : '',
  ];
  return `◂ ${parts.filter((part) => part !== '').join(' · ')}`;
}

export function timeText({ timeNs, rare }: LineFacts): string {
  return rare === null
    ? vscode.l10n.t('{0}/step', formatDuration(timeNs))
    : vscode.l10n.t(
        '{0} in 1 of {1} steps',
        formatDuration(timeNs),
        Math.round(rare.of / rare.steps),
      );
}
