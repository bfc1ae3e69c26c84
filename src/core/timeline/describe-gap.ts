import { toRunTime } from '../model/rank-clock.ts';
import { GAP_CAUSES } from '../model/report.ts';
import type { SourceCandidates } from '../model/source-candidate.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';
import { describeWait } from './explain-step.ts';
import { statisticsOf } from './duration-statistics.ts';
import { gapTimeByStep, summarizeSteps } from './per-step.ts';
import { relatedSpan } from './related-spans.ts';

const NO_SOURCE: SourceCandidates = { locations: [], annotations: [] };

export function describeGap(rank: AnalyzedRank, gap: number): SelectionDetails {
  const { gaps, steps, clock, partner } = rank.tables;
  const row = gaps.step[gap];
  const duration = gaps.end[gap] - gaps.start[gap];
  const stepLength = row < 0 ? 0 : steps.end[row] - steps.start[row];
  const after = gaps.after[gap];
  const launch = after < 0 ? -1 : partner[after];
  const cause = GAP_CAUSES[gaps.cause[gap]];
  const source = sourceOfGap(rank, gaps.culprit[gap], launch);
  return {
    selection: { kind: 'gap', rank: rank.tables.rank, index: gap },
    name: `Device ${describeWait(cause)}`,
    lane: 'device',
    category: 'gap',
    phase: 'none',
    cause,
    causeCoveragePercent: gaps.coverage[gap] * 100,
    startNs: toRunTime(clock, gaps.start[gap]),
    durationNs: duration,
    selfNs: null,
    step: row < 0 ? null : steps.number[row],
    stepStartNs: row < 0 ? null : toRunTime(clock, steps.start[row]),
    stepSharePercent: stepLength > 0 ? (duration / stepLength) * 100 : null,
    perStep: summarizeSteps(steps, gapTimeByStep(rank, gaps.cause[gap]), row),
    all: statisticsOf(
      gaps.end
        .map((end, i) => end - gaps.start[i])
        .filter((_, i) => gaps.cause[i] === gaps.cause[gap]),
    ),
    collective: null,
    related: [
      ...relatedSpan(rank, 'Waits for', gaps.culprit[gap]),
      ...relatedSpan(rank, 'Begins after', gaps.before[gap]),
      ...relatedSpan(rank, 'Ends with', after),
      ...relatedSpan(rank, 'which is launched by', launch),
    ],
    stack: [],
    source,
    how: source.locations[0]?.how ?? null,
  };
}

/** The place of what the device waits for, else of what ends the wait. */
function sourceOfGap({ tables }: AnalyzedRank, culprit: number, launch: number): SourceCandidates {
  for (const span of [culprit, launch]) {
    if (span >= 0) {
      const source = tables.sourceOf(span);
      if (source.locations.length > 0 || source.annotations.length > 0) {
        return source;
      }
    }
  }
  return NO_SOURCE;
}
