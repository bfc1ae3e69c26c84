import { float64Column } from '../../base/columns.ts';
import { firstWhere } from '../../base/first-where.ts';
import { GAP_CAUSES, type GapCause } from '../model/report.ts';
import type { AreaGroup, AreaRequest, AreaSummary } from '../model/timeline.ts';
import type { LaneIndex } from '../model/units.ts';
import type { DrawnRun } from './analyzed-rank.ts';
import {
  type AreaOfRank,
  isInside,
  keyFinder,
  ranksInArea,
  spansBefore,
  timeInside,
} from './area-lanes.ts';
import { histogramOf, percentilesOf } from './duration-statistics.ts';

/** Rows of the table; what is beyond takes least. */
export const MAX_GROUPS = 200;
export const MAX_NAME_CHARACTERS = 300;

class Group {
  readonly durations = float64Column();
  totalNs = 0;
  selfNs = 0;

  constructor(
    readonly name: string,
    readonly cause: GapCause | null,
  ) {}
}

/**
 * Adds up the spans of some rows in an interval by name, phase or category, and the idle time of ranks whose
 * summary is among the rows by cause. Times are of what lies within the interval, percentiles of whole spans.
 */
export function summarizeArea(run: DrawnRun, request: AreaRequest): AreaSummary {
  const groups = new Map<string, Group>();
  const causes = new Map<GapCause, Group>();
  for (const area of ranksInArea(run, request)) {
    for (const lane of area.lanes) {
      addLane(groups, area, lane, request.by);
    }
    if (area.hasSummary) {
      addGaps(causes, area);
    }
  }
  const rows = [...groups.values(), ...causes.values()].map((group) => toRow(group));
  const all = rows
    .map(({ row }) => row)
    .sort((a, b) => b.selfNs - a.selfNs || b.totalNs - a.totalNs);
  const countOf = (isGap: boolean) =>
    all.reduce((sum, { cause, count }) => sum + ((cause !== null) === isGap ? count : 0), 0);
  return {
    groupCount: all.length,
    count: countOf(false),
    gapCount: countOf(true),
    selfNs: all.reduce((sum, { selfNs }) => sum + selfNs, 0),
    durations: histogramOf(
      rows.filter(({ row }) => row.cause === null).map(({ sorted }) => sorted),
    ),
    groups: all.slice(0, MAX_GROUPS),
  };
}

function addLane(
  groups: Map<string, Group>,
  area: AreaOfRank,
  lane: LaneIndex,
  by: AreaRequest['by'],
): void {
  const { rank, to } = area;
  const { duration } = rank.trace.spans;
  const { parent } = rank.tables.nesting;
  const { first, end } = spansBefore(rank, lane, to);
  const self = new Float64Array(end - first);
  for (let i = first; i < end; i++) {
    const time = Math.max(0, timeInside(area, i));
    self[i - first] += time;
    if (parent[i] >= first) {
      self[parent[i] - first] -= time;
    }
  }
  const keyOf = keyFinder(rank, by);
  for (let i = first; i < end; i++) {
    if (isInside(area, i)) {
      const key = keyOf(i);
      const group = groups.get(key) ?? new Group(key, null);
      groups.set(key, group);
      group.durations.push(duration[i]);
      group.totalNs += timeInside(area, i);
      group.selfNs += Math.max(0, self[i - first]);
    }
  }
}

function addGaps(causes: Map<GapCause, Group>, { rank, from, to }: AreaOfRank): void {
  const { gaps } = rank.tables;
  const first = firstWhere(0, gaps.length, (i) => gaps.end[i] > from);
  for (let i = first; i < gaps.length && gaps.start[i] < to; i++) {
    const cause = GAP_CAUSES[gaps.cause[i]];
    const group = causes.get(cause) ?? new Group(cause, cause);
    const time = Math.min(gaps.end[i], to) - Math.max(gaps.start[i], from);
    causes.set(cause, group);
    group.durations.push(gaps.end[i] - gaps.start[i]);
    group.totalNs += time;
    group.selfNs += time;
  }
}

function toRow(group: Group): { readonly row: AreaGroup; readonly sorted: Float64Array } {
  const { name, cause, totalNs, selfNs } = group;
  const sorted = group.durations.take().sort();
  return {
    sorted,
    row: {
      name: name.slice(0, MAX_NAME_CHARACTERS),
      cause,
      count: sorted.length,
      totalNs,
      selfNs,
      percentiles: percentilesOf(sorted),
      durations: histogramOf([sorted]) ?? { leastNs: 1, mostNs: 1, counts: [] },
    },
  };
}
