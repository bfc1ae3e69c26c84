import type { TimelineRow } from '../../src/core/model/timeline.ts';
import type { TimeRange } from '../time-range.ts';
import { type ShiftOf, toRows } from './alignment.ts';
import { type TrackList, tracksInSight } from './tracks.ts';

/** An interval in some rows, in times as they were shown when it was chosen. */
export interface Area extends TimeRange {
  readonly rows: readonly TimelineRow[];
}

/** What is in view where an area is chosen. */
export interface AreaView {
  readonly range: TimeRange;
  readonly width: number;
  readonly scrollTop: number;
  readonly shiftOf: ShiftOf;
}

/** A drag shorter than this is a click. */
const MIN_DRAG_PX = 4;

/** The area between two points of the canvas; null where they are too near, or no row is between. */
export function areaBetween(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  list: TrackList,
  view: AreaView,
): Area | null {
  const { range, width, scrollTop, shiftOf } = view;
  const seen = { from: Math.min(a.y, b.y), to: Math.max(a.y, b.y) + 1 };
  const spans = tracksInSight(list, scrollTop, seen).filter(({ kind }) => kind !== 'counter');
  const rows = toRows(spans, shiftOf);
  if (Math.abs(a.x - b.x) < MIN_DRAG_PX || rows.length === 0) {
    return null;
  }
  const timeAt = (x: number) =>
    range.startNs + (Math.min(width, Math.max(0, x)) / width) * (range.endNs - range.startNs);
  return { startNs: timeAt(Math.min(a.x, b.x)), endNs: timeAt(Math.max(a.x, b.x)), rows };
}
