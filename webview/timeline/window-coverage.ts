import type { TimelineRow, WindowRequest } from '../../src/core/model/timeline.ts';
import type { TimeRange } from '../time-range.ts';
import { isSameTrack } from './track-key.ts';

/** Asked for beyond each edge, as a share of what is seen, so that panning finds it there. */
const MARGIN_SHARE = 0.75;
/** With less than this left beyond an edge, the next window is asked for. */
const LOW_SHARE = 0.35;

/** What is asked for so that `visible` can be drawn, and what is beside it. */
export function withMargin(visible: WindowRequest, whole: TimeRange): WindowRequest {
  const length = visible.endNs - visible.startNs;
  const startNs = Math.max(whole.startNs, visible.startNs - length * MARGIN_SHARE);
  const endNs = Math.max(startNs + 1, Math.min(whole.endNs, visible.endNs + length * MARGIN_SHARE));
  const widthPx = Math.max(1, Math.round((visible.widthPx * (endNs - startNs)) / length));
  return { ...visible, startNs, endNs, widthPx };
}

/** Whether a window can stand for `visible` until another is there: its rows, its times, and as fine. */
export function covers(have: WindowRequest, visible: WindowRequest): boolean {
  return (
    have.startNs <= visible.startNs + 1 &&
    have.endNs >= visible.endNs - 1 &&
    isAsFine(have, visible) &&
    visible.rows.every((row) => have.rows.some((other) => isSameRow(row, other)))
  );
}

/** The same track, shown at the same time. */
function isSameRow(a: TimelineRow, b: TimelineRow): boolean {
  return isSameTrack(a, b) && (a.shiftNs ?? 0) === (b.shiftNs ?? 0);
}

/** Whether little is left of a window beyond an edge of what is seen; the run's own ends are no edges. */
export function runsLow(have: WindowRequest, visible: WindowRequest, whole: TimeRange): boolean {
  const low = (visible.endNs - visible.startNs) * LOW_SHARE;
  return (
    (visible.startNs - have.startNs < low && have.startNs > whole.startNs) ||
    (have.endNs - visible.endNs < low && have.endNs < whole.endNs)
  );
}

/** The width of a window is a whole number of pixels: its scale differs by as little. */
const SAME_SCALE = 0.02;

/** Windows of the same power of two a pixel have the same merged rectangles; see `bucket-groups.ts`. */
function isAsFine(have: WindowRequest, visible: WindowRequest): boolean {
  const stretch = Math.log2(pixelNs(have) / pixelNs(visible));
  const isSamePower =
    Math.round(Math.log2(pixelNs(have))) === Math.round(Math.log2(pixelNs(visible)));
  return isSamePower || Math.abs(stretch) < SAME_SCALE;
}

function pixelNs({ startNs, endNs, widthPx }: WindowRequest): number {
  return (endNs - startNs) / widthPx;
}
