import { firstWhere } from '../../base/first-where.ts';
import { PHASES } from '../model/phase.ts';
import { shiftClock, toRankTime } from '../model/rank-clock.ts';
import { SPAN_CATEGORIES } from '../model/span-category.ts';
import { type AreaRequest, RANK_TRACK } from '../model/timeline.ts';
import type { LaneIndex, Nanoseconds, SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, type DrawnRun, findRank } from './analyzed-rank.ts';

/** What an area has of one rank, in rank time. */
export interface AreaOfRank {
  readonly rank: AnalyzedRank;
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  /** Each once, where a rank is chosen with its lanes. Its summary stands for its streams, else its main thread. */
  readonly lanes: ReadonlySet<LaneIndex>;
  readonly hasSummary: boolean;
}

export function ranksInArea(run: DrawnRun, { startNs, endNs, rows }: AreaRequest): AreaOfRank[] {
  const found: AreaOfRank[] = [];
  for (const number of new Set(rows.map((row) => row.rank))) {
    const rank = findRank(run, number);
    const own = rows.filter((row) => row.rank === number);
    if (rank !== undefined) {
      const clock = shiftClock(rank.tables.clock, own[0].shiftNs ?? 0);
      found.push({
        rank,
        from: toRankTime(clock, startNs),
        to: toRankTime(clock, endNs),
        lanes: lanesIn(rank, own),
        hasSummary: own.some(({ lane }) => lane === RANK_TRACK),
      });
    }
  }
  return found;
}

function lanesIn(rank: AnalyzedRank, rows: AreaRequest['rows']): ReadonlySet<LaneIndex> {
  const { lanes } = rank.trace;
  return new Set(
    rows
      .flatMap(({ lane }) => (lane === RANK_TRACK ? lanesOfSummary(rank) : [lane]))
      .filter((lane) => lane >= 0 && lane < lanes.length),
  );
}

function lanesOfSummary({ trace, tables }: AnalyzedRank): readonly LaneIndex[] {
  const streams = trace.lanes.flatMap(({ kind }, lane) => (kind === 'stream' ? [lane] : []));
  return streams.length > 0 || tables.mainLane < 0 ? streams : [tables.mainLane];
}

/** Those of a lane that may lie in the area: the rows [first, end). */
export function spansBefore(
  { trace: { spans, lanes } }: AnalyzedRank,
  lane: LaneIndex,
  to: Nanoseconds,
): { readonly first: SpanIndex; readonly end: SpanIndex } {
  const { first, count } = lanes[lane];
  return { first, end: firstWhere(first, first + count, (i) => spans.start[i] >= to) };
}

/** Time of a span within the area; negative where it lies outside, 0 where it has no length. */
export function timeInside({ rank: { trace }, from, to }: AreaOfRank, i: SpanIndex): Nanoseconds {
  const { start, duration } = trace.spans;
  return Math.min(start[i] + duration[i], to) - Math.max(start[i], from);
}

export function isInside(area: AreaOfRank, i: SpanIndex): boolean {
  const { start, duration } = area.rank.trace.spans;
  return timeInside(area, i) > 0 || (duration[i] === 0 && start[i] >= area.from);
}

/** What a span is added up by. */
export function keyFinder(
  { trace, tables }: AnalyzedRank,
  by: AreaRequest['by'],
): (i: SpanIndex) => string {
  const { name, category } = trace.spans;
  switch (by) {
    case 'name':
      return (i) => trace.strings[name[i]];
    case 'category':
      return (i) => SPAN_CATEGORIES[category[i]];
    case 'phase': {
      const { inheritedPhases } = tables;
      return (i) => PHASES[inheritedPhases[i]];
    }
  }
}
