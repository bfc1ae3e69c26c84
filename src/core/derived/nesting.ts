import type { Nesting } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';

/** Traces in whole microseconds round a child's end past its parent's by up to this much. */
export const ROUNDING_NS = 1_000;

/** Rows beyond this are drawn over each other, so that a hostile file cannot cost quadratic time. */
const MAX_ROWS = 1_024;

/** One sweep over each lane; spans that overlap without nesting take the lowest free row. */
export function computeNesting(trace: Trace): Nesting {
  const { spans, lanes } = trace;
  const depth = new Uint16Array(spans.length);
  const parent = new Int32Array(spans.length).fill(-1);
  const depthCount = new Uint16Array(lanes.length);
  const rowEnd = new Float64Array(MAX_ROWS);
  const rowSpan = new Int32Array(MAX_ROWS);
  lanes.forEach((lane, laneIndex) => {
    let open = 0;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      const start = spans.start[i];
      const end = start + spans.duration[i];
      while (open > 0 && rowEnd[open - 1] <= start) {
        open--;
      }
      const parentRow = enclosingRow(rowEnd, open, start, end);
      const row = freeRow(rowEnd, parentRow + 1, open, start);
      parent[i] = parentRow < 0 ? -1 : rowSpan[parentRow];
      depth[i] = row;
      rowEnd[row] = end;
      rowSpan[row] = i;
      open = Math.max(open, row + 1);
      depthCount[laneIndex] = Math.max(depthCount[laneIndex], row + 1);
    }
  });
  return { depth, parent, depthCount };
}

function enclosingRow(rowEnd: Float64Array, open: number, start: number, end: number): number {
  for (let row = open - 1; row >= 0; row--) {
    const candidate = rowEnd[row];
    if (candidate > start && end <= candidate + ROUNDING_NS) {
      return row;
    }
  }
  return -1;
}

function freeRow(rowEnd: Float64Array, from: number, open: number, start: number): number {
  for (let row = from; row < open; row++) {
    if (rowEnd[row] <= start) {
      return row;
    }
  }
  return Math.min(Math.max(from, open), MAX_ROWS - 1);
}
