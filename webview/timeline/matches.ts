import type { FoundSpans } from '../../src/core/model/timeline.ts';
import type { TimeRange } from '../time-range.ts';
import type { ShiftOf } from './alignment.ts';
import { findTrack, rankTrackOf, type Track, type TrackList } from './tracks.ts';

/** What a search found, and where among it the user is. */
export interface Matches {
  readonly query: string;
  readonly total: number;
  readonly totalNs: number;
  readonly rankCount: number;
  readonly spans: FoundSpans;
  /** Row of `spans`; -1 before the first step. */
  readonly current: number;
  /** Why the query cannot be read; empty if it can. */
  readonly problem: string;
}

/** The match to go to: the next or previous, at first the one nearest to the view; around at the ends. */
export function stepMatch(
  { spans, current }: Matches,
  step: 1 | -1,
  range: TimeRange,
  shiftOf: ShiftOf = () => 0,
): number {
  const { length, start, rank } = spans;
  if (length === 0) {
    return -1;
  }
  if (current >= 0) {
    return (current + step + length) % length;
  }
  const inView = start.findIndex((time, i) => time - shiftOf(rank[i]) >= range.startNs);
  const next = inView < 0 ? 0 : inView;
  return step === 1 ? next : (next - 1 + length) % length;
}

/** Where the matches lie, in CSS pixels from the top of all tracks; those that would cover each other are given once. */
export function layOutMatches(
  { spans, current }: Matches,
  list: TrackList,
  {
    range,
    width,
    shiftOf,
  }: { readonly range: TimeRange; readonly width: number; readonly shiftOf: ShiftOf },
): readonly {
  readonly track: Track;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isCurrent: boolean;
}[] {
  const pixelsPerNs = width / (range.endNs - range.startNs);
  const reachedByRow = new Map<number, number>();
  const boxes = [];
  for (let i = 0; i < spans.length; i++) {
    const left = (spans.start[i] - shiftOf(spans.rank[i]) - range.startNs) * pixelsPerNs;
    const length = Math.max(2, spans.duration[i] * pixelsPerNs);
    if (left > width || left + length < 0) {
      continue;
    }
    const own = findTrack(list, { rank: spans.rank[i], lane: spans.lane[i] });
    const track = own ?? rankTrackOf(list, spans.rank[i]);
    if (track === undefined) {
      continue;
    }
    const level = own === undefined ? 0 : Math.min(spans.depth[i], track.levels - 1);
    const y = track.top + level * track.levelHeight;
    const isCurrent = i === current;
    if (left + length >= (reachedByRow.get(y) ?? -Infinity) + 1 || isCurrent) {
      reachedByRow.set(y, left + length);
      boxes.push({ track, x: left, y, width: length, height: track.levelHeight - 1, isCurrent });
    }
  }
  return boxes;
}
