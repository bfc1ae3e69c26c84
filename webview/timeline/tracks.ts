import { firstWhere } from '../../src/base/first-where.ts';
import { RANK_TRACK, type TimelineLane, type TimelineRank } from '../../src/core/model/timeline.ts';

/** Which row of the timeline: a rank's summary, or one of its lanes. */
export interface TrackKey {
  readonly rank: number;
  readonly lane: number;
}

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
const RANK_GAP = 7;
const LANE_GAP = 5;
const MAX_LEVELS = 128;
const TOP_PX = 4;

/** Places the ranks below each other, and the lanes of the open ones below their rank. */
export function layOutTracks(
  ranks: readonly TimelineRank[],
  openRanks: ReadonlySet<number>,
): TrackList {
  const tracks: Track[] = [];
  let top = TOP_PX;
  for (const { rank, lanes } of ranks) {
    tracks.push(rankTrack(rank, top));
    top += RANK_HEIGHT + RANK_GAP;
    if (openRanks.has(rank)) {
      for (const lane of lanes) {
        const track = laneTrack(rank, lane, top);
        tracks.push(track);
        top += track.height + LANE_GAP;
      }
      top += RANK_GAP;
    }
  }
  const byKey = new Map(tracks.map((track) => [keyOf(track), track]));
  return { tracks, height: top, stuckHeight: 0, byKey };
}

function rankTrack(rank: number, top: number): Track {
  return {
    rank,
    lane: RANK_TRACK,
    label: `rank ${rank}`,
    top,
    height: RANK_HEIGHT,
    levelHeight: RANK_HEIGHT,
    levels: 1,
    isStuck: false,
  };
}

function laneTrack(
  rank: number,
  { lane, name, depthCount, isMain, kind }: TimelineLane,
  top: number,
): Track {
  const levels = Math.min(MAX_LEVELS, Math.max(1, depthCount));
  return {
    rank,
    lane,
    label: isMain && kind === 'thread' ? mainLabel(name) : name,
    top,
    height: levels * LEVEL_HEIGHT,
    levelHeight: LEVEL_HEIGHT,
    levels,
    isStuck: false,
  };
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

export function keyOf({ rank, lane }: TrackKey): string {
  return `${rank} ${lane}`;
}

export function isSameTrack(a: TrackKey, b: TrackKey): boolean {
  return a.rank === b.rank && a.lane === b.lane;
}
