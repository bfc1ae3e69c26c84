import { firstWhere } from '../../base/first-where.ts';
import type { Nanoseconds, SpanIndex } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';

/** Stands for "no span" where a column cannot hold -1. */
export const NO_ITEM = 0xffffffff;

/**
 * The span that puts a rank in `phase` at a moment, the main lane asked first;
 * {@link NO_ITEM} where none of the lanes of that side has one.
 */
export function findPhaseOwner(
  rank: AnalyzedRank,
  side: 'host' | 'device',
  time: Nanoseconds,
  phase: number,
): SpanIndex {
  const { lanes } = rank.trace;
  const { mainLane } = rank.tables;
  if (side === 'host' && mainLane >= 0) {
    const owner = ownerOnLane(rank, mainLane, time, phase);
    if (owner !== NO_ITEM) {
      return owner;
    }
  }
  for (let lane = 0; lane < lanes.length; lane++) {
    if ((lanes[lane].kind === 'stream') === (side === 'device')) {
      const owner = ownerOnLane(rank, lane, time, phase);
      if (owner !== NO_ITEM) {
        return owner;
      }
    }
  }
  return NO_ITEM;
}

function ownerOnLane(
  { trace, tables }: AnalyzedRank,
  lane: number,
  time: Nanoseconds,
  phase: number,
): SpanIndex {
  const { start, duration } = trace.spans;
  const { first, count } = trace.lanes[lane];
  const { parent } = tables.nesting;
  let span = firstWhere(first, first + count, (i) => start[i] > time) - 1;
  if (span < first) {
    return NO_ITEM;
  }
  while (span >= 0 && start[span] + duration[span] <= time) {
    span = parent[span];
  }
  while (span >= 0 && tables.inheritedPhases[span] !== phase) {
    span = parent[span];
  }
  while (span >= 0 && tables.phases[span] === 0 && parent[span] >= 0) {
    span = parent[span];
  }
  return span < 0 ? NO_ITEM : span;
}
