import type { LaneIndex, Nanoseconds, SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';
import { LeastRecent } from './least-recent.ts';
import type { Sequence } from './pixel-groups.ts';

/** Rows of a depth that are summed up together: a group of any size is summed in steps of as many. */
const BLOCK_ROWS = 32;
/** Of all lanes looked at; an entry takes some 4.4 bytes a span. */
const BUDGET_BYTES = 192 << 20;

/** The spans of one lane at one depth: disjoint and in time order. Rank time. */
export interface DepthRow extends Sequence {
  spanAt(i: number): SpanIndex;
  /** The time that the rows [first, last] take together. */
  timeOf(first: number, last: number): Nanoseconds;
  /** The longest of the rows [first, last]. */
  longestOf(first: number, last: number): number;
}

/** The spans of one lane by depth, with sums over blocks of them. */
export interface DepthRows {
  readonly depthCount: number;
  rowAt(depth: number): DepthRow;
}

const rowsByLane = oncePerRank(() => new Map<LaneIndex, DepthRows>());
const recent = new LeastRecent(BUDGET_BYTES);

/** Built when a lane is first looked at; those not looked at for long make room for others. */
export function depthRows(rank: AnalyzedRank, lane: LaneIndex): DepthRows {
  const known = rowsByLane(rank);
  let rows = known.get(lane);
  if (rows === undefined) {
    rows = sortByDepth(rank, lane);
    known.set(lane, rows);
  }
  recent.use(known, lane, rank.trace.lanes[lane].count * (4 + 12 / BLOCK_ROWS));
  return rows;
}

interface Sorted {
  /** By depth, then in time order. */
  readonly spans: Uint32Array;
  /** Of each block of rows. */
  readonly time: Float64Array;
  readonly longest: Uint32Array;
}

function sortByDepth({ trace, tables }: AnalyzedRank, laneIndex: LaneIndex): DepthRows {
  const { first, count } = trace.lanes[laneIndex];
  const { depth, depthCount } = tables.nesting;
  const { start, duration } = trace.spans;
  const firsts = new Uint32Array(depthCount[laneIndex] + 1);
  for (let i = first; i < first + count; i++) {
    firsts[depth[i] + 1]++;
  }
  for (let d = 1; d < firsts.length; d++) {
    firsts[d] += firsts[d - 1];
  }
  const next = firsts.slice();
  const spans = new Uint32Array(count);
  for (let i: SpanIndex = first; i < first + count; i++) {
    spans[next[depth[i]]++] = i;
  }
  const sorted = sumBlocks(spans, duration);
  return {
    depthCount: depthCount[laneIndex],
    rowAt: (d) => rowOf(sorted, start, duration, firsts[d], firsts[d + 1]),
  };
}

function sumBlocks(spans: Uint32Array, duration: Float64Array): Sorted {
  const blocks = Math.ceil(spans.length / BLOCK_ROWS);
  const time = new Float64Array(blocks);
  const longest = new Uint32Array(blocks);
  for (let i = 0; i < spans.length; i++) {
    const block = Math.floor(i / BLOCK_ROWS);
    time[block] += duration[spans[i]];
    if (i % BLOCK_ROWS === 0 || duration[spans[i]] > duration[spans[longest[block]]]) {
      longest[block] = i;
    }
  }
  return { spans, time, longest };
}

function rowOf(
  { spans, time, longest }: Sorted,
  start: Float64Array,
  duration: Float64Array,
  from: number,
  to: number,
): DepthRow {
  const durationAt = (i: number) => duration[spans[i]];
  return {
    length: to - from,
    startOf: (i) => start[spans[from + i]],
    endOf: (i) => start[spans[from + i]] + duration[spans[from + i]],
    spanAt: (i) => spans[from + i],
    timeOf: (first, last) => {
      let sum = 0;
      forEachBlock(
        from + first,
        from + last,
        (i) => (sum += durationAt(i)),
        (block) => (sum += time[block]),
      );
      return sum;
    },
    longestOf: (first, last) => {
      let best = from + first;
      const consider = (i: number) => (best = durationAt(i) > durationAt(best) ? i : best);
      forEachBlock(from + first, from + last, consider, (block) => consider(longest[block]));
      return best - from;
    },
  };
}

/** The whole blocks in [first, last], and one by one the rows before and after them. */
function forEachBlock(
  first: number,
  last: number,
  visitRow: (i: number) => void,
  visitBlock: (block: number) => void,
): void {
  let i = first;
  while (i <= last) {
    if (i % BLOCK_ROWS === 0 && i + BLOCK_ROWS <= last + 1) {
      visitBlock(i / BLOCK_ROWS);
      i += BLOCK_ROWS;
    } else {
      visitRow(i++);
    }
  }
}
