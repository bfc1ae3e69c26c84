import type { Evidence } from '../../src/core/model/report.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval, type TimeRange } from '../time-range.ts';
import { moveToRank } from '../timeline/move-to.ts';

/** Evidence of a host lane is seen only where its rank is open. */
const DEVICE_LANES = ['device', ''];

/** Puts what a finding rests on into view: the step of its first evidence, everything of it marked. */
export function showEvidence(context: PageContext, index: number): void {
  const { evidence, title } = context.run.report.findings[index];
  context.store.shownFinding.set(index);
  showIntervals(context, evidence, `Showing the evidence of: ${title}`);
}

/** Puts the step of the first into view, all of them marked; `announcement` is read to people who do not see it. */
export function showIntervals(
  context: PageContext,
  evidence: readonly Evidence[],
  announcement: string,
): void {
  const { store, run } = context;
  const first = evidence.at(0);
  if (first === undefined) {
    return;
  }
  const lanes = run.overview.ranks.find(({ rank }) => rank === first.rank)?.lanes ?? [];
  if (!DEVICE_LANES.includes(first.lane) && lanes.some(({ name }) => name === first.lane)) {
    store.openRanks.set(new Set([...store.openRanks.get(), first.rank]));
  }
  store.selection.set(null);
  moveToRank(context, first.rank, stepAround(context, first));
  store.evidence.set(evidence);
  store.announcement.set(announcement);
  document.querySelector('.timeline')?.scrollIntoView({ block: 'nearest' });
}

function stepAround({ run }: PageContext, { rank, startNs, durationNs }: Evidence): TimeRange {
  const middle = startNs + durationNs / 2;
  const step = run.steps.find(
    (other) =>
      other.rank === rank && other.startNs <= middle && other.startNs + other.durationNs > middle,
  );
  const isWithinStep = step !== undefined && step.durationNs < durationNs * 50;
  return isWithinStep
    ? frameInterval(step.startNs, step.durationNs, 0.06)
    : frameInterval(startNs, durationNs, 2);
}
