import type { TimeRange } from '../time-range.ts';
import { keyOf } from './track-key.ts';
import { boxInSight, type Track } from './tracks.ts';
import { levelBetween, levelsOf, type WindowData } from './window-data.ts';

/** Where each rectangle is drawn, in CSS pixels of the canvas; off-screen ones are left out. */
export interface Boxes {
  readonly length: number;
  /** Four values a box: x, y, width, height. */
  readonly bounds: Float32Array;
  /** Row of the window's rectangles. */
  readonly index: Uint32Array;
}

export interface Viewport {
  readonly range: TimeRange;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  /** Of the tracks that stay at the top, under which the others go; 0 if left out. */
  readonly stuckHeight?: number;
}

/** Beyond the edge by this much, so that borders and rounded ends stay out of sight. */
const OVERHANG_PX = 4;
const MIN_WIDTH_PX = 1;

export function layOutWindow(
  data: WindowData,
  tracks: readonly Track[],
  viewport: Viewport,
): Boxes {
  const { rectangles } = data;
  const { range, width } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const seen = levelsInSight(data, tracks, viewport);
  const most = seen.reduce((sum, { first, end }) => sum + end - first, 0);
  const bounds = new Float32Array(most * 4);
  const index = new Uint32Array(most);
  let length = 0;
  for (const { first, end, y, boxHeight } of seen) {
    for (let i = first; i < end; i++) {
      const left = (rectangles.start[i] - range.startNs) * pixelsPerNs;
      const right = (rectangles.end[i] - range.startNs) * pixelsPerNs;
      const x = Math.max(left, -OVERHANG_PX);
      bounds[length * 4] = x;
      bounds[length * 4 + 1] = y;
      bounds[length * 4 + 2] = Math.max(MIN_WIDTH_PX, Math.min(right, width + OVERHANG_PX) - x);
      bounds[length * 4 + 3] = boxHeight;
      index[length++] = i;
    }
  }
  return { length, bounds, index };
}

interface SeenLevel {
  readonly first: number;
  readonly end: number;
  readonly y: number;
  readonly boxHeight: number;
}

function levelsInSight(
  data: WindowData,
  tracks: readonly Track[],
  { range, height, scrollTop, stuckHeight = 0 }: Viewport,
): readonly SeenLevel[] {
  const trackByKey = new Map(tracks.map((track) => [keyOf(track), track]));
  const trackByRow = data.request.rows.map((row) => trackByKey.get(keyOf(row)));
  const seen: SeenLevel[] = [];
  for (const level of levelsOf(data)) {
    const track = trackByRow[level.row];
    const seenBox =
      track === undefined || level.depth >= track.levels
        ? null
        : boxInSight(track, stuckHeight, scrollTop, {
            top: level.depth * track.levelHeight,
            height: track.levelHeight - 1,
          });
    if (seenBox !== null && seenBox.y <= height && seenBox.y + seenBox.height >= 0) {
      const between = levelBetween(data.rectangles, level, range.startNs, range.endNs);
      seen.push({ ...between, y: seenBox.y, boxHeight: seenBox.height });
    }
  }
  return seen;
}
