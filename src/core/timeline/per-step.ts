import type { Steps } from '../model/tables.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';
import { percentilesOf } from './duration-statistics.ts';
import { stepAt } from './step-lookup.ts';

/** Time of the spans of one name in each step, those within each other counted once. */
export function spanTimeByStep({ trace, tables }: AnalyzedRank, span: SpanIndex): Float64Array {
  const { spans } = trace;
  const { parent } = tables.nesting;
  const name = spans.name[span];
  const times = new Float64Array(tables.steps.length);
  for (let i = 0; i < spans.length; i++) {
    if (spans.name[i] !== name || isInsideItself(parent, spans.name, i)) {
      continue;
    }
    const step = stepAt(tables.steps, spans.start[i]);
    if (step >= 0) {
      times[step] += spans.duration[i];
    }
  }
  return times;
}

function isInsideItself(parent: Int32Array, name: Uint32Array, span: SpanIndex): boolean {
  for (let i = parent[span]; i >= 0; i = parent[i]) {
    if (name[i] === name[span]) {
      return true;
    }
  }
  return false;
}

/** Idle time of one cause in each step. */
export function gapTimeByStep(
  { tables: { gaps, steps } }: AnalyzedRank,
  cause: number,
): Float64Array {
  const times = new Float64Array(steps.length);
  for (let i = 0; i < gaps.length; i++) {
    if (gaps.cause[i] === cause && gaps.step[i] >= 0) {
      times[gaps.step[i]] += gaps.end[i] - gaps.start[i];
    }
  }
  return times;
}

/** The values of the analysed steps, and where the step at `row` stands among them. */
export function summarizeSteps(
  steps: Steps,
  times: Float64Array,
  row: number,
): SelectionDetails['perStep'] {
  const valuesNs: number[] = [];
  for (let i = 0; i < steps.length; i++) {
    if (steps.isWarmup[i] === 0) {
      valuesNs.push(times[i]);
    }
  }
  if (valuesNs.length === 0) {
    return null;
  }
  const sorted = Float64Array.from(valuesNs).sort();
  return {
    count: valuesNs.length,
    percentiles: percentilesOf(sorted),
    valuesNs,
    rankPercent: row < 0 ? null : shareNotAbove(sorted, times[row]),
  };
}

function shareNotAbove(sorted: Float64Array, value: Nanoseconds): number {
  return (sorted.filter((other) => other <= value).length / sorted.length) * 100;
}
