import type { StepPart } from '../model/baseline.ts';
import { phaseIndex } from '../model/phase.ts';
import type { Gaps, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { phaseOfGap } from './device-phases.ts';
import { laneRange } from './lane-range.ts';
import { stepAt } from './step-windows.ts';

export interface PartSpanSources {
  readonly mainLane: LaneIndex;
  readonly steps: Steps;
  readonly gaps: Gaps;
  /** By span: the phase that it says itself. */
  readonly own: Uint8Array;
}

/**
 * The span that stands for a part of the step: the longest of the name that takes most time in it on the thread of
 * the training loop, else of any lane; for idle time the culprit of the longest gap. -1 is none.
 */
export function findPartSpan(trace: Trace, sources: PartSpanSources, part: StepPart): SpanIndex {
  if (part === 'idle') {
    return culpritOfLongestGap(sources.gaps);
  }
  if (part === 'unnamed') {
    return -1;
  }
  const phase = phaseIndex(part);
  const { first, end } = laneRange(trace, sources.mainLane);
  const onMain = longestOfBusiestName(trace, sources, phase, { first, end });
  return onMain >= 0
    ? onMain
    : longestOfBusiestName(trace, sources, phase, { first: 0, end: trace.spans.length });
}

function culpritOfLongestGap(gaps: Gaps): SpanIndex {
  let longest = -1;
  for (let gap = 0; gap < gaps.length; gap++) {
    if (phaseOfGap(gaps, gap) === 0 && gaps.culprit[gap] >= 0) {
      const isLonger =
        longest < 0 || gaps.end[gap] - gaps.start[gap] > gaps.end[longest] - gaps.start[longest];
      longest = isLonger ? gap : longest;
    }
  }
  return longest < 0 ? -1 : gaps.culprit[longest];
}

function longestOfBusiestName(
  { spans }: Trace,
  { steps, own }: PartSpanSources,
  phase: number,
  { first, end }: { readonly first: number; readonly end: number },
): SpanIndex {
  const names = new Map<number, { totalNs: number; longest: SpanIndex }>();
  for (let i = first; i < end; i++) {
    const step = own[i] === phase ? stepAt(steps, spans.start[i]) : -1;
    if (step < 0 || steps.isWarmup[step] === 1) {
      continue;
    }
    const known = names.get(spans.name[i]);
    if (known === undefined) {
      names.set(spans.name[i], { totalNs: spans.duration[i], longest: i });
    } else {
      known.totalNs += spans.duration[i];
      known.longest = spans.duration[i] > spans.duration[known.longest] ? i : known.longest;
    }
  }
  let busiest = { totalNs: -1, longest: -1 };
  for (const name of names.values()) {
    busiest = name.totalNs > busiest.totalNs ? name : busiest;
  }
  return busiest.longest;
}
