import { firstWhere } from '../../base/first-where.ts';
import { float64Column } from '../../base/columns.ts';
import { PHASES } from '../model/phase.ts';
import { toRankTime } from '../model/rank-clock.ts';
import { SPAN_CATEGORIES } from '../model/span-category.ts';
import {
  type AreaGroup,
  type AreaRequest,
  type AreaSummary,
  RANK_TRACK,
} from '../model/timeline.ts';
import type { LaneIndex, Nanoseconds } from '../model/units.ts';
import { type AnalyzedRank, type DrawnRun, findRank } from './analyzed-rank.ts';
import { quantile } from './per-step.ts';

/** Rows of the table; what is beyond takes least. */
export const MAX_GROUPS = 200;
const MAX_NAME_CHARACTERS = 300;

class Group {
  readonly durations = float64Column();
  totalNs = 0;
  selfNs = 0;
}

/**
 * Adds up the spans of some rows in an interval by name, phase or category. Times are of what lies within
 * the interval, percentiles of whole spans. A rank's summary stands for its streams, else its main thread.
 */
export function summarizeArea(run: DrawnRun, request: AreaRequest): AreaSummary {
  const groups = new Map<string, Group>();
  for (const number of new Set(request.rows.map((row) => row.rank))) {
    const rank = findRank(run, number);
    if (rank !== undefined) {
      const from = toRankTime(rank.tables.clock, request.startNs);
      const to = toRankTime(rank.tables.clock, request.endNs);
      for (const lane of lanesIn(rank, request.rows)) {
        addLane(groups, rank, lane, { from, to, by: request.by });
      }
    }
  }
  const all = [...groups].map(([name, group]) => toRow(name, group));
  all.sort((a, b) => b.selfNs - a.selfNs || b.totalNs - a.totalNs);
  return {
    groupCount: all.length,
    count: all.reduce((sum, { count }) => sum + count, 0),
    selfNs: all.reduce((sum, { selfNs }) => sum + selfNs, 0),
    groups: all.slice(0, MAX_GROUPS),
  };
}

/** Each lane once, where a rank is chosen with its lanes. */
function lanesIn(rank: AnalyzedRank, rows: AreaRequest['rows']): ReadonlySet<LaneIndex> {
  const { lanes } = rank.trace;
  return new Set(
    rows
      .filter((row) => row.rank === rank.tables.rank)
      .flatMap(({ lane }) => (lane === RANK_TRACK ? lanesOfSummary(rank) : [lane]))
      .filter((lane) => lane >= 0 && lane < lanes.length),
  );
}

function lanesOfSummary({ trace, tables }: AnalyzedRank): readonly LaneIndex[] {
  const streams = trace.lanes.flatMap(({ kind }, lane) => (kind === 'stream' ? [lane] : []));
  return streams.length > 0 || tables.mainLane < 0 ? streams : [tables.mainLane];
}

interface Interval {
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly by: AreaRequest['by'];
}

function addLane(
  groups: Map<string, Group>,
  rank: AnalyzedRank,
  lane: LaneIndex,
  { from, to, by }: Interval,
): void {
  const { spans, lanes } = rank.trace;
  const { start, duration } = spans;
  const { parent } = rank.tables.nesting;
  const { first, count } = lanes[lane];
  const end = firstWhere(first, first + count, (i) => start[i] >= to);
  const inside = (i: number) => Math.min(start[i] + duration[i], to) - Math.max(start[i], from);
  const self = new Float64Array(end - first);
  for (let i = first; i < end; i++) {
    const time = Math.max(0, inside(i));
    self[i - first] += time;
    if (parent[i] >= first) {
      self[parent[i] - first] -= time;
    }
  }
  const keyOf = keyFinder(rank, by);
  for (let i = first; i < end; i++) {
    const time = inside(i);
    if (time > 0 || (duration[i] === 0 && start[i] >= from)) {
      const key = keyOf(i);
      const group = groups.get(key) ?? new Group();
      groups.set(key, group);
      group.durations.push(duration[i]);
      group.totalNs += time;
      group.selfNs += Math.max(0, self[i - first]);
    }
  }
}

function keyFinder({ trace, tables }: AnalyzedRank, by: AreaRequest['by']): (i: number) => string {
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

function toRow(name: string, { durations, totalNs, selfNs }: Group): AreaGroup {
  const sorted = durations.take().sort();
  return {
    name: name.slice(0, MAX_NAME_CHARACTERS),
    count: sorted.length,
    totalNs,
    selfNs,
    percentiles: {
      p50Ns: quantile(sorted, 0.5),
      p95Ns: quantile(sorted, 0.95),
      p99Ns: quantile(sorted, 0.99),
    },
  };
}
