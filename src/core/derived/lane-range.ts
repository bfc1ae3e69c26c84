import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';

/** Rows of spans, half open. */
export interface LaneRange {
  readonly first: number;
  readonly end: number;
}

/** The spans of a lane; none for the lane -1. */
export function laneRange({ lanes }: Trace, lane: LaneIndex): LaneRange {
  if (lane < 0 || lane >= lanes.length) {
    return { first: 0, end: 0 };
  }
  const { first, count } = lanes[lane];
  return { first, end: first + count };
}
