import type { Finding } from '../../src/core/model/report.ts';
import { h } from '../base/dom.ts';
import { formatPercent, keepUnits } from '../base/format.ts';

/** Less than this, in points of the step, is no contradiction to a reader. */
const MIN_SHARED_PERCENT = 1;

/** What the replay with a finding repaired gives; null where there is none. Its result stands out. */
export function renderWhatIf(finding: Finding): HTMLElement | null {
  const { whatIf } = finding;
  if (whatIf === undefined) {
    return null;
  }
  const text = keepUnits(whatIf.text);
  const [, before = text, result = '', after = ''] = /^(.*: )(\S+× as fast)(\.)$/.exec(text) ?? [];
  return h('p', { class: 'what-if' }, before, h('strong', {}, result), after, sharedText(finding));
}

/** Why the replay of one finding alone saves more than the share that the finding is given. */
export function sharedText({ whatIf, savingPercent }: Finding): string {
  const shared = whatIf === undefined ? 0 : shareOf(whatIf) - savingPercent;
  return shared < MIN_SHARED_PERCENT
    ? ''
    : ` ${formatPercent(shared)} of the step is saved by the other findings, too, and counted there.`;
}

/** How much of the mean step a finding costs on its own, in percent. */
export function costOf({ whatIf, savingPercent }: Finding): number {
  return Math.max(savingPercent, whatIf === undefined ? 0 : shareOf(whatIf));
}

function shareOf({ speedup }: NonNullable<Finding['whatIf']>): number {
  return 100 - 100 / speedup;
}
