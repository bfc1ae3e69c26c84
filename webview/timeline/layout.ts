import type { TimeRange } from '../store.ts';
import { isSameTrack, type Track } from './tracks.ts';
import type { WindowData } from './window-data.ts';

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
}

/** Beyond the edge by this much, so that borders and rounded ends stay out of sight. */
const OVERHANG_PX = 4;
const MIN_WIDTH_PX = 1;

export function layOutWindow(
  data: WindowData,
  tracks: readonly Track[],
  { range, width, height, scrollTop }: Viewport,
): Boxes {
  const { rectangles, request } = data;
  const trackByRow = request.rows.map((row) => tracks.find((track) => isSameTrack(track, row)));
  const bounds = new Float32Array(rectangles.length * 4);
  const index = new Uint32Array(rectangles.length);
  const pixelsPerNs = width / (range.endNs - range.startNs);
  let length = 0;
  for (let i = 0; i < rectangles.length; i++) {
    const track = trackByRow[rectangles.row[i]];
    if (track === undefined) {
      continue;
    }
    const y = track.top - scrollTop + rectangles.depth[i] * track.levelHeight;
    const left = (rectangles.start[i] - range.startNs) * pixelsPerNs;
    const right = (rectangles.end[i] - range.startNs) * pixelsPerNs;
    if (right < 0 || left > width || y > height || y + track.levelHeight < 0) {
      continue;
    }
    const x = Math.max(left, -OVERHANG_PX);
    bounds[length * 4] = x;
    bounds[length * 4 + 1] = y;
    bounds[length * 4 + 2] = Math.max(MIN_WIDTH_PX, Math.min(right, width + OVERHANG_PX) - x);
    bounds[length * 4 + 3] = track.levelHeight - 1;
    index[length++] = i;
  }
  return { length, bounds: bounds.subarray(0, length * 4), index: index.subarray(0, length) };
}
