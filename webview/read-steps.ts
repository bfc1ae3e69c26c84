import type { TimelineStep } from '../src/core/model/timeline.ts';
import { unpackSteps } from '../src/protocol/step-columns.ts';

/** The steps as the views want them, one by one. */
export function readSteps(packed: ArrayBuffer): readonly TimelineStep[] {
  const { length, rank, step, start, duration, isWarmup } = unpackSteps(packed);
  return Array.from({ length }, (_, i) => ({
    rank: rank[i],
    step: step[i],
    startNs: start[i],
    durationNs: duration[i],
    isWarmup: isWarmup[i] === 1,
  }));
}
