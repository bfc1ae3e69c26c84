/** Which row of the timeline: a rank's summary, or one of its lanes. */
export interface TrackKey {
  readonly rank: number;
  readonly lane: number;
}

export function keyOf({ rank, lane }: TrackKey): string {
  return `${rank} ${lane}`;
}

export function isSameTrack(a: TrackKey, b: TrackKey): boolean {
  return a.rank === b.rank && a.lane === b.lane;
}
