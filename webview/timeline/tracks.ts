import { RANK_TRACK, type TimelineRank } from '../../src/core/model/timeline.ts';

/** A row of the timeline: a rank's summary, or one of its lanes while the rank is open. */
export interface Track {
  readonly rank: number;
  readonly lane: number;
  readonly label: string;
  readonly top: number;
  readonly height: number;
  /** Height of each level of nesting. */
  readonly levelHeight: number;
}

export interface TrackList {
  readonly tracks: readonly Track[];
  readonly height: number;
}

export const RANK_HEIGHT = 20;
export const LEVEL_HEIGHT = 15;
const RANK_GAP = 7;
const LANE_GAP = 5;
const MAX_LEVELS = 128;

/** Places the ranks below each other, and the lanes of the open ones below their rank. */
export function layOutTracks(
  ranks: readonly TimelineRank[],
  openRanks: ReadonlySet<number>,
): TrackList {
  const tracks: Track[] = [];
  let top = 4;
  for (const { rank, lanes } of ranks) {
    tracks.push({
      rank,
      lane: RANK_TRACK,
      label: `rank ${rank}`,
      top,
      height: RANK_HEIGHT,
      levelHeight: RANK_HEIGHT,
    });
    top += RANK_HEIGHT + RANK_GAP;
    if (openRanks.has(rank)) {
      for (const { lane, name, depthCount, isMain, kind } of lanes) {
        const height = Math.min(MAX_LEVELS, Math.max(1, depthCount)) * LEVEL_HEIGHT;
        const label = isMain && kind === 'thread' ? mainLabel(name) : name;
        tracks.push({ rank, lane, label, top, height, levelHeight: LEVEL_HEIGHT });
        top += height + LANE_GAP;
      }
      top += RANK_GAP;
    }
  }
  return { tracks, height: top };
}

function mainLabel(name: string): string {
  return name === 'main' ? 'main thread' : `main: ${name}`;
}

/** The tracks that meet [top, bottom). */
export function tracksBetween(list: TrackList, top: number, bottom: number): readonly Track[] {
  return list.tracks.filter((track) => track.top < bottom && track.top + track.height > top);
}

export function trackAt(list: TrackList, y: number): Track | undefined {
  return list.tracks.find((track) => y >= track.top && y < track.top + track.height);
}

export function isSameTrack(
  a: { readonly rank: number; readonly lane: number },
  b: { readonly rank: number; readonly lane: number },
): boolean {
  return a.rank === b.rank && a.lane === b.lane;
}
