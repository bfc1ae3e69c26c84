import type { TimeRange } from '../time-range.ts';
import { type TrackList, tracksInSight } from './tracks.ts';

/** An interval in some rows, in run time. */
export interface Area extends TimeRange {
  readonly rows: readonly { readonly rank: number; readonly lane: number }[];
}

/** A drag shorter than this is a click. */
const MIN_DRAG_PX = 4;

/** The area between two points of the canvas; null where they are too near, or no row is between. */
export function areaBetween(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  list: TrackList,
  view: { readonly range: TimeRange; readonly width: number; readonly scrollTop: number },
): Area | null {
  const { range, width, scrollTop } = view;
  const seen = { from: Math.min(a.y, b.y), to: Math.max(a.y, b.y) + 1 };
  const rows = tracksInSight(list, scrollTop, seen).map(({ rank, lane }) => ({
    rank,
    lane,
  }));
  if (Math.abs(a.x - b.x) < MIN_DRAG_PX || rows.length === 0) {
    return null;
  }
  const timeAt = (x: number) =>
    range.startNs + (Math.min(width, Math.max(0, x)) / width) * (range.endNs - range.startNs);
  return { startNs: timeAt(Math.min(a.x, b.x)), endNs: timeAt(Math.max(a.x, b.x)), rows };
}
