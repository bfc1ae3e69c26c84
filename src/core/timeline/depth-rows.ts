import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';

/** The spans of one lane by depth; within a depth they are disjoint and in time order. */
export interface DepthRows {
  readonly depthCount: number;
  spansAt(depth: number): Uint32Array;
}

const rowsByLane = oncePerRank(() => new Map<LaneIndex, DepthRows>());

/** Sorted once for each lane that is looked at. */
export function depthRows(rank: AnalyzedRank, lane: LaneIndex): DepthRows {
  const known = rowsByLane(rank);
  let rows = known.get(lane);
  if (rows === undefined) {
    rows = sortByDepth(rank, lane);
    known.set(lane, rows);
  }
  return rows;
}

function sortByDepth({ trace, tables }: AnalyzedRank, laneIndex: LaneIndex): DepthRows {
  const { first, count } = trace.lanes[laneIndex];
  const { depth, depthCount } = tables.nesting;
  const firsts = new Uint32Array(depthCount[laneIndex] + 1);
  for (let i = first; i < first + count; i++) {
    firsts[depth[i] + 1]++;
  }
  for (let d = 1; d < firsts.length; d++) {
    firsts[d] += firsts[d - 1];
  }
  const next = firsts.slice();
  const sorted = new Uint32Array(count);
  for (let i: SpanIndex = first; i < first + count; i++) {
    sorted[next[depth[i]]++] = i;
  }
  return {
    depthCount: depthCount[laneIndex],
    spansAt: (d) => sorted.subarray(firsts[d], firsts[d + 1]),
  };
}
