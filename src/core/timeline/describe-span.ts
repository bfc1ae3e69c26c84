import { float64Column } from '../../base/columns.ts';
import { computeAutogradPartner } from '../derived/autograd-partner.ts';
import { AUTOGRAD_NODE } from '../derived/main-lane.ts';
import { toRunTime } from '../model/rank-clock.ts';
import { PHASES } from '../model/phase.ts';
import { SPAN_CATEGORIES } from '../model/span-category.ts';
import type { Analysis } from '../model/tables.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';
import { collectiveOf } from './collective-of.ts';
import { statisticsOf } from './duration-statistics.ts';
import { spanTimeByStep, summarizeSteps } from './per-step.ts';
import { laneLabel } from './lane-label.ts';
import { nameOf, relatedSpan } from './related-spans.ts';
import { stackOf } from './stack-of.ts';
import { stepAt } from './step-lookup.ts';

export function describeSpan(
  analysis: Analysis,
  rank: AnalyzedRank,
  span: SpanIndex,
): SelectionDetails {
  const { trace, tables } = rank;
  const { spans } = trace;
  const { steps, clock } = tables;
  const lane = trace.lanes[spans.lane[span]];
  const row = stepAt(steps, spans.start[span]);
  const duration = spans.duration[span];
  const source = tables.sourceOf(span);
  const isOnDevice = lane.kind === 'stream';
  return {
    selection: { kind: 'span', rank: tables.rank, index: span },
    name: nameOf(rank, span),
    lane: laneLabel(trace, spans.lane[span]),
    category: SPAN_CATEGORIES[spans.category[span]],
    phase: PHASES[tables.inheritedPhases[span]],
    cause: null,
    causeCoveragePercent: null,
    startNs: toRunTime(clock, spans.start[span]),
    durationNs: duration,
    selfNs: selfTime(rank, span),
    step: row < 0 ? null : steps.number[row],
    stepStartNs: row < 0 ? null : toRunTime(clock, steps.start[row]),
    stepSharePercent: row < 0 ? null : shareOfStep(rank, row, span),
    perStep: summarizeSteps(steps, spanTimeByStep(rank, span), row),
    all: statisticsOf(durationsOfName(rank, span)),
    collective: collectiveOf(analysis, rank, span),
    related: [
      ...relatedSpan(rank, 'Inside', tables.nesting.parent[span]),
      ...relatedSpan(rank, isOnDevice ? 'Launched by' : 'Launches', tables.partner[span]),
      ...relatedSpan(rank, isNode(rank, span) ? 'Forward' : 'Backward', backwardOf(rank)[span]),
    ],
    stack: stackOf(rank, span),
    source,
    how: source.locations[0]?.how ?? null,
  };
}

/** By span: its partner in the other direction of the training step; see `autograd-partner.ts`. */
const backwardOf = oncePerRank(({ trace }) => computeAutogradPartner(trace));

function isNode(rank: AnalyzedRank, span: SpanIndex): boolean {
  return AUTOGRAD_NODE.test(nameOf(rank, span));
}

/** Of the spans of its name on its rank. */
function durationsOfName({ trace: { spans } }: AnalyzedRank, span: SpanIndex): Float64Array {
  const durations = float64Column();
  for (let i = 0; i < spans.length; i++) {
    if (spans.name[i] === spans.name[span]) {
      durations.push(spans.duration[i]);
    }
  }
  return durations.take();
}

function selfTime({ trace: { spans, lanes }, tables }: AnalyzedRank, span: SpanIndex): Nanoseconds {
  const { parent } = tables.nesting;
  const lane = lanes[spans.lane[span]];
  const end = spans.start[span] + spans.duration[span];
  let self = spans.duration[span];
  for (let i = span + 1; i < lane.first + lane.count && spans.start[i] < end; i++) {
    if (parent[i] === span) {
      self -= spans.duration[i];
    }
  }
  return Math.max(0, self);
}

function shareOfStep({ trace: { spans }, tables }: AnalyzedRank, row: number, span: SpanIndex) {
  const { start, end } = tables.steps;
  const length = end[row] - start[row];
  const inside = Math.min(spans.start[span] + spans.duration[span], end[row]) - spans.start[span];
  return length > 0 ? (inside / length) * 100 : null;
}
