import type { Evidence } from '../../src/core/model/report.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval, type TimeRange } from '../store.ts';
import { moveTo } from '../timeline/move-to.ts';

/** Evidence of a host lane is seen only where its rank is open. */
const DEVICE_LANES = ['device', ''];

/** Puts what a finding rests on into view: the step of its first evidence, everything of it marked. */
export function showEvidence(context: PageContext, index: number): void {
  const { store, run } = context;
  const { evidence, title } = run.report.findings[index];
  const first = evidence.at(0);
  if (first === undefined) {
    return;
  }
  const lanes = run.overview.ranks.find(({ rank }) => rank === first.rank)?.lanes ?? [];
  if (!DEVICE_LANES.includes(first.lane) && lanes.some(({ name }) => name === first.lane)) {
    store.openRanks.set(new Set([...store.openRanks.get(), first.rank]));
  }
  store.shownFinding.set(index);
  store.selection.set(null);
  moveTo(context, stepAround(context, first), run.overview);
  store.evidence.set(evidence);
  store.announcement.set(`Showing the evidence of: ${title}`);
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
