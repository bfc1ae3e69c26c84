import type { Column } from '../../../base/columns.ts';
import { sortRuns } from '../../../base/sort-runs.ts';

/** The columns that spans are ordered by. */
export interface SpanKeys {
  readonly lane: Column<Uint32Array<ArrayBuffer>>;
  readonly start: Column<Float64Array<ArrayBuffer>>;
  readonly duration: Column<Float64Array<ArrayBuffer>>;
}

export interface SpanOrder {
  /** Rows by lane, then by start, then longest first, then as they came. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** By lane: spans of the lanes before it; one more than there are lanes. */
  readonly laneStarts: Uint32Array<ArrayBuffer>;
}

/** Linear where the spans of each lane come in order, and for each run of them that does. */
export function orderSpans(keys: SpanKeys, laneCount: number): SpanOrder {
  const { rows, laneStarts } = groupByLane(keys.lane, laneCount);
  const scratch = new Uint32Array(rows.length);
  const isLater = (a: number, b: number): boolean => isAfter(a, b, keys);
  for (let lane = 0; lane < laneCount; lane++) {
    sortRuns(rows, isLater, { first: laneStarts[lane], end: laneStarts[lane + 1], scratch });
  }
  return { rows, laneStarts };
}

function groupByLane(lane: SpanKeys['lane'], laneCount: number): SpanOrder {
  const count = lane.length;
  const laneStarts = new Uint32Array(laneCount + 1);
  for (let row = 0; row < count; row++) {
    laneStarts[lane.at(row) + 1]++;
  }
  for (let i = 1; i <= laneCount; i++) {
    laneStarts[i] += laneStarts[i - 1];
  }
  const next = laneStarts.slice();
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    rows[next[lane.at(row)]++] = row;
  }
  return { rows, laneStarts };
}

function isAfter(a: number, b: number, { start, duration }: SpanKeys): boolean {
  const difference = start.at(a) - start.at(b);
  return difference > 0 || (difference === 0 && duration.at(a) < duration.at(b));
}
