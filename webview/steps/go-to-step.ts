import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { formatDuration } from '../base/format.ts';
import type { PageContext } from '../page-context.ts';
import { frameInterval } from '../time-range.ts';
import { moveToRank } from '../timeline/move-to.ts';

type Step = Omit<TimelineStep, 'isWarmup'> & { readonly isWarmup?: boolean };

const MARGIN_SHARE = 0.06;

/** Fills the timeline with a step, its rank in sight, with threads and streams where `isOpened`. */
export function goToStep(context: PageContext, step: Step, { isOpened = false } = {}): void {
  const { store } = context;
  if (isOpened) {
    store.openRanks.set(new Set([...store.openRanks.get(), step.rank]));
  }
  moveToRank(context, step.rank, frameInterval(step.startNs, step.durationNs, MARGIN_SHARE));
  store.wantedRank.set({ rank: step.rank });
  store.announcement.set(describeStep(step));
}

export function describeStep(step: Step): string {
  const warmup = step.isWarmup === true ? ', warm-up' : '';
  return `Step ${step.step} of rank ${step.rank}: ${formatDuration(step.durationNs)}${warmup}`;
}
