import type { Evidence } from '../../src/core/model/report.ts';
import type { Theme } from '../base/theme.ts';
import { asRun, type ShiftOf } from './alignment.ts';
import type { Area } from './area.ts';
import type { Viewport } from './layout.ts';
import { layOutMarks, type Mark } from './marks.ts';
import { layOutMatches, type Matches } from './matches.ts';
import {
  boxInSight,
  findTrack,
  rankTrackOf,
  type Track,
  type TrackList,
  tracksInSight,
} from './tracks.ts';

/** What is laid over the tracks is placed by these. */
export interface Scene {
  readonly list: TrackList;
  readonly viewport: Viewport;
  readonly theme: Theme;
  readonly shiftOf: ShiftOf;
}

/** What the search found, lit. */
export function paintMatches(
  pen: CanvasRenderingContext2D,
  matches: Matches | null,
  { list, viewport, theme, shiftOf }: Scene,
): void {
  const { range, width, height, scrollTop } = viewport;
  const view = { range, width, shiftOf };
  const boxes = matches === null ? [] : layOutMatches(matches, list, view);
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
  { list, viewport, theme, shiftOf }: Scene,
): void {
  if (area === null) {
    return;
  }
  const { range, width, scrollTop } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const length = (area.endNs - area.startNs) * pixelsPerNs;
  pen.fillStyle = theme.focus;
  pen.globalAlpha = 0.25;
  for (const row of area.rows) {
    const track = findTrack(list, row);
    const seen = track === undefined ? null : boxInSight(track, list.stuckHeight, scrollTop);
    if (seen !== null) {
      const start = area.startNs + (row.shiftNs ?? 0) - shiftOf(row.rank);
      pen.fillRect((start - range.startNs) * pixelsPerNs, seen.y, length, seen.height);
    }
  }
  pen.globalAlpha = 1;
}

/** A bracket under each interval that the chosen finding rests on. */
export function paintEvidence(
  pen: CanvasRenderingContext2D,
  evidence: readonly Evidence[],
  { list, viewport, theme, shiftOf }: Scene,
): void {
  const { range, width, scrollTop } = viewport;
  const pixelsPerNs = width / (range.endNs - range.startNs);
  pen.fillStyle = theme.foreground;
  for (const { rank, startNs, durationNs } of evidence) {
    const track = rankTrackOf(list, rank);
    const x = (startNs - shiftOf(rank) - range.startNs) * pixelsPerNs;
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

/** A line through each rank's tracks at the moment that is marked. */
export function paintMarkLines(
  pen: CanvasRenderingContext2D,
  marks: readonly Mark[],
  { list, viewport, theme, shiftOf }: Scene,
): void {
  const { range, width, height, scrollTop } = viewport;
  if (marks.length === 0) {
    return;
  }
  pen.fillStyle = theme.focus;
  const tracks = tracksInSight(list, scrollTop, { from: 0, to: height });
  tracks.forEach((track, i) => {
    const top = i === 0 ? 0 : topOf(track, scrollTop);
    const bottom = i + 1 < tracks.length ? topOf(tracks[i + 1], scrollTop) : height;
    for (const { x } of layOutMarks(marks, asRun(range, shiftOf(track.rank)), width)) {
      pen.fillRect(Math.round(x), top, 1, bottom - top);
    }
  });
}

function topOf({ top, isStuck }: Track, scrollTop: number): number {
  return top - (isStuck ? 0 : scrollTop);
}
