import type { Column } from '../../../base/columns.ts';

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
  for (let lane = 0; lane < laneCount; lane++) {
    sortRuns(rows, scratch, laneStarts[lane], laneStarts[lane + 1], keys);
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

/** A merge sort of the runs that are there already, stable, without recursion. */
function sortRuns(
  rows: Uint32Array<ArrayBuffer>,
  scratch: Uint32Array<ArrayBuffer>,
  first: number,
  end: number,
  keys: SpanKeys,
): void {
  let bounds = findRuns(rows, first, end, keys);
  while (bounds.length > 2) {
    const merged = [first];
    for (let i = 0; i + 1 < bounds.length; i += 2) {
      const runEnd = bounds[Math.min(i + 2, bounds.length - 1)];
      mergeRuns(rows, scratch, [bounds[i], bounds[i + 1], runEnd], keys);
      merged.push(runEnd);
    }
    bounds = merged;
  }
}

function findRuns(rows: Uint32Array, first: number, end: number, keys: SpanKeys): number[] {
  const bounds = [first];
  for (let i = first + 1; i < end; i++) {
    if (isAfter(rows[i - 1], rows[i], keys)) {
      bounds.push(i);
    }
  }
  if (end > first) {
    bounds.push(end);
  }
  return bounds;
}

function mergeRuns(
  rows: Uint32Array,
  scratch: Uint32Array,
  [start, middle, end]: readonly [number, number, number],
  keys: SpanKeys,
): void {
  if (middle >= end || !isAfter(rows[middle - 1], rows[middle], keys)) {
    return;
  }
  scratch.set(rows.subarray(start, middle), start);
  let left = start;
  let right = middle;
  let at = start;
  while (left < middle && right < end) {
    rows[at++] = isAfter(scratch[left], rows[right], keys) ? rows[right++] : scratch[left++];
  }
  rows.set(scratch.subarray(left, middle), at);
}

function isAfter(a: number, b: number, { start, duration }: SpanKeys): boolean {
  const difference = start.at(a) - start.at(b);
  return difference > 0 || (difference === 0 && duration.at(a) < duration.at(b));
}
