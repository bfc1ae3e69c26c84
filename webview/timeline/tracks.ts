import { firstWhere } from '../../src/base/first-where.ts';
import { RANK_TRACK, type TimelineRank } from '../../src/core/model/timeline.ts';
import { ALL_TRACKS, type PlannedTrack, planTracks, type TrackPlan } from './plan-tracks.ts';
import { keyOf, type TrackKey } from './track-key.ts';

/** A row of the timeline: a rank's summary, or one of its lanes while the rank is open. */
export interface Track extends TrackKey {
  readonly label: string;
  /** From the top of all tracks, or of what is in sight where it is stuck. */
  readonly top: number;
  readonly height: number;
  /** Height of each level of nesting. */
  readonly levelHeight: number;
  /** Levels that are drawn; deeper ones are folded away. */
  readonly levels: number;
  /** Stays at the top while the rest scrolls. */
  readonly isStuck: boolean;
  /** Among the pinned ones, by itself or with its rank. */
  readonly isAtTop: boolean;
  /** A summary of a rank, a thread or the like, or a counter. */
  readonly kind: 'rank' | 'lane' | 'counter';
  /** Levels that it has when nothing is folded. */
  readonly fullLevels: number;
}

export interface TrackList {
  /** From top to bottom, the stuck ones first. */
  readonly tracks: readonly Track[];
  readonly height: number;
  /** Of what stays at the top; 0 where nothing does. */
  readonly stuckHeight: number;
  readonly byKey: ReadonlyMap<string, Track>;
}

export const RANK_HEIGHT = 20;
export const LEVEL_HEIGHT = 15;
const COUNTER_HEIGHT = 34;
const RANK_GAP = 7;
const LANE_GAP = 5;
const MAX_LEVELS = 128;
const TOP_PX = 4;

/**
 * Places the ranks below each other, and the lanes of the open ones below their rank. What is pinned comes
 * first, and stays there as far as it is no higher than `maxStuckPx`.
 */
export function layOutTracks(
  ranks: readonly TimelineRank[],
  openRanks: ReadonlySet<number>,
  plan: TrackPlan = ALL_TRACKS,
  maxStuckPx = 0,
): TrackList {
  const planned = planTracks(ranks, openRanks, plan);
  const tracks: Track[] = [];
  let top = TOP_PX;
  let stuckHeight = 0;
  let canStick = true;
  planned.forEach((track, i) => {
    const size = sizeOf(track);
    const next = planned.at(i + 1);
    const isLastOfGroup = next === undefined || next.of === null || next.isAlone;
    const bottom = top + size.height;
    canStick &&= track.isAtTop && bottom + LANE_GAP <= maxStuckPx;
    tracks.push({
      ...size,
      rank: track.rank,
      lane: track.lane,
      label: labelOf(track),
      top,
      isStuck: canStick,
      isAtTop: track.isAtTop,
    });
    top = bottom + (track.of === null ? RANK_GAP : isLastOfGroup ? LANE_GAP + RANK_GAP : LANE_GAP);
    stuckHeight = canStick ? bottom + LANE_GAP : stuckHeight;
  });
  const byKey = new Map(tracks.map((track) => [keyOf(track), track]));
  return { tracks, height: top, stuckHeight, byKey };
}

function sizeOf({
  of,
  isFolded,
}: PlannedTrack): Pick<Track, 'height' | 'levelHeight' | 'levels' | 'fullLevels' | 'kind'> {
  if (of === null) {
    const height = RANK_HEIGHT;
    return { height, levelHeight: height, levels: 1, fullLevels: 1, kind: 'rank' };
  }
  if (of.kind === 'counter') {
    const height = isFolded ? LEVEL_HEIGHT : COUNTER_HEIGHT;
    return { height, levelHeight: height, levels: 1, fullLevels: 1, kind: 'counter' };
  }
  const fullLevels = Math.min(MAX_LEVELS, Math.max(1, of.depthCount));
  const levels = isFolded ? 1 : fullLevels;
  const height = levels * LEVEL_HEIGHT;
  return { height, levelHeight: LEVEL_HEIGHT, levels, fullLevels, kind: 'lane' };
}

function labelOf({ rank, of, isAlone }: PlannedTrack): string {
  if (of === null) {
    return `rank ${rank}`;
  }
  const { name, isMain, kind } = of;
  const label = isMain && kind === 'thread' ? mainLabel(name) : name;
  return isAlone ? `rank ${rank} · ${label}` : label;
}

function mainLabel(name: string): string {
  return name === 'main' ? 'main thread' : `main: ${name}`;
}

/** The tracks that meet [top, bottom), counted from the top of all. */
export function tracksBetween(
  { tracks }: TrackList,
  top: number,
  bottom: number,
): readonly Track[] {
  const first = firstWhere(0, tracks.length, (i) => tracks[i].top + tracks[i].height > top);
  const end = firstWhere(first, tracks.length, (i) => tracks[i].top >= bottom);
  return tracks.slice(first, end);
}

/**
 * The tracks that meet [from, to) of the canvas: what is stuck, and what has scrolled there, with as much
 * of what is above and below as `overscan` says.
 */
export function tracksInSight(
  list: TrackList,
  scrollTop: number,
  { from, to }: { readonly from: number; readonly to: number },
  overscan = 0,
): readonly Track[] {
  const { stuckHeight } = list;
  const stuck = tracksBetween(list, from, Math.min(to, stuckHeight));
  const top = Math.max(from, stuckHeight) + scrollTop - overscan;
  const rest = to > stuckHeight ? tracksBetween(list, top, to + scrollTop + overscan) : [];
  return [...stuck, ...rest.filter(({ isStuck }) => !isStuck)];
}

export function trackAt(list: TrackList, y: number): Track | undefined {
  return tracksBetween(list, y, y + 1).find((track) => track.top <= y);
}

export function findTrack({ byKey }: TrackList, key: TrackKey): Track | undefined {
  return byKey.get(keyOf(key));
}

export function rankTrackOf(list: TrackList, rank: number): Track | undefined {
  return findTrack(list, { rank, lane: RANK_TRACK });
}

/**
 * Where on the canvas a box of a track is, by default all of it; null where it is under what is stuck.
 * `top` of the box counts from the top of its track.
 */
export function boxInSight(
  track: Track,
  stuckHeight: number,
  scrollTop: number,
  box: { readonly top: number; readonly height: number } = { top: 0, height: track.height },
): { readonly y: number; readonly height: number } | null {
  const y = track.top + box.top - (track.isStuck ? 0 : scrollTop);
  const cut = track.isStuck ? 0 : Math.max(0, stuckHeight - y);
  return cut < box.height ? { y: y + cut, height: box.height - cut } : null;
}
