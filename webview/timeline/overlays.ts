import type { Evidence } from '../../src/core/model/report.ts';
import type { Theme } from '../base/theme.ts';
import type { Area } from './area.ts';
import type { Viewport } from './layout.ts';
import { layOutMatches, type Matches } from './matches.ts';
import { boxInSight, findTrack, rankTrackOf, type TrackList } from './tracks.ts';

/** What is laid over the tracks is placed by these. */
export interface Scene {
  readonly list: TrackList;
  readonly viewport: Viewport;
  readonly theme: Theme;
}

/** What the search found, lit. */
export function paintMatches(
  pen: CanvasRenderingContext2D,
  matches: Matches | null,
  { list, viewport, theme }: Scene,
): void {
  const { range, width, height, scrollTop } = viewport;
  const boxes = matches === null ? [] : layOutMatches(matches, list, range, width);
  for (const box of boxes) {
    const seen = boxInSight(box.track, list.stuckHeight, scrollTop, {
      top: box.y - box.track.top,
      height: box.height,
    });
    if (seen !== null && seen.y < height && seen.y + seen.height > 0) {
      pen.fillStyle = theme.match;
      pen.fillRect(box.x, seen.y, box.width, seen.height);
      pen.fillStyle = theme.foreground;
      pen.fillRect(box.x, seen.y + seen.height - 2, box.width, 2);
    }
  }
}

export function paintArea(
  pen: CanvasRenderingContext2D,
  area: Area | null,
  { list, viewport, theme }: Scene,
): void {
  if (area === null) {
    return;
  }
  const { range, width, scrollTop } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const left = (area.startNs - range.startNs) * pixelsPerNs;
  const length = (area.endNs - area.startNs) * pixelsPerNs;
  pen.fillStyle = theme.focus;
  pen.globalAlpha = 0.25;
  for (const row of area.rows) {
    const track = findTrack(list, row);
    const seen = track === undefined ? null : boxInSight(track, list.stuckHeight, scrollTop);
    if (seen !== null) {
      pen.fillRect(left, seen.y, length, seen.height);
    }
  }
  pen.globalAlpha = 1;
}

/** A bracket under each interval that the chosen finding rests on. */
export function paintEvidence(
  pen: CanvasRenderingContext2D,
  evidence: readonly Evidence[],
  { list, viewport, theme }: Scene,
): void {
  const { range, width, scrollTop } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  pen.fillStyle = theme.foreground;
  for (const { rank, startNs, durationNs } of evidence) {
    const track = rankTrackOf(list, rank);
    const x = (startNs - range.startNs) * pixelsPerNs;
    const length = Math.max(2, durationNs * pixelsPerNs);
    if (track === undefined || x >= width || x + length <= 0) {
      continue;
    }
    const seen = boxInSight(track, list.stuckHeight, scrollTop, {
      top: track.height + 0.5,
      height: 2,
    });
    if (seen !== null) {
      pen.fillRect(x, seen.y, length, seen.height);
    }
  }
}
