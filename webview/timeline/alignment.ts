import type { SelectionDetails, TimelineRow, TimelineStep } from '../../src/core/model/timeline.ts';
import type { TimeRange } from '../time-range.ts';
import type { TrackKey } from './track-key.ts';

/** The begin or the end of what ranks are aligned on. */
export type Edge = 'begin' | 'end';

/** Something that ranks have in common, by rank. Run time. */
export interface Anchors {
  /** In words: `step 45`. */
  readonly label: string;
  /** Its number; null where it is none. */
  readonly step: number | null;
  readonly byRank: ReadonlyMap<number, TimeRange>;
}

/** Ranks are shown as if each had come to its anchor when the rank of reference did. */
export interface Alignment {
  readonly anchors: Anchors;
  readonly edge: Edge;
  /** Of reference: it is shown when it was. */
  readonly rank: number;
  /** Of the anchor, as shown on all ranks. */
  readonly anchorNs: number;
  /** How much earlier than it was each rank is shown; those that have no anchor are shown when they were. */
  readonly shifts: ReadonlyMap<number, number>;
}

/** Null where the rank of reference has no anchor, or no other rank has one. */
export function alignOn(anchors: Anchors, rank: number, edge: Edge): Alignment | null {
  const own = anchors.byRank.get(rank);
  if (own === undefined || anchors.byRank.size < 2) {
    return null;
  }
  const anchorNs = edgeOf(own, edge);
  const shifts = new Map(
    [...anchors.byRank].map(([other, range]) => [other, edgeOf(range, edge) - anchorNs]),
  );
  return { anchors, edge, rank, anchorNs, shifts };
}

function edgeOf({ startNs, endNs }: TimeRange, edge: Edge): number {
  return edge === 'begin' ? startNs : endNs;
}

export function anchorsOfStep(steps: readonly TimelineStep[], step: number): Anchors {
  const own = steps.filter((other) => other.step === step);
  return {
    label: `step ${step}`,
    step,
    byRank: new Map(
      own.map(({ rank, startNs, durationNs }) => [rank, { startNs, endNs: startNs + durationNs }]),
    ),
  };
}

export function anchorsOfCollective(
  collective: NonNullable<SelectionDetails['collective']>,
): Anchors {
  return {
    label: 'this collective',
    step: null,
    byRank: new Map(
      collective.arrivals.map(({ rank, startNs, durationNs }) => [
        rank,
        { startNs, endNs: startNs + durationNs },
      ]),
    ),
  };
}

/** By rank: what to take from a run time to know when it is shown. */
export type ShiftOf = (rank: number) => number;

export function shiftsOf(alignment: Alignment | null): ShiftOf {
  return (rank) => alignment?.shifts.get(rank) ?? 0;
}

/** When times of a rank are shown. */
export function asShown({ startNs, endNs }: TimeRange, shiftNs: number): TimeRange {
  return { startNs: startNs - shiftNs, endNs: endNs - shiftNs };
}

/** Which run times of a rank are shown then. */
export function asRun(range: TimeRange, shiftNs: number): TimeRange {
  return asShown(range, -shiftNs);
}

/** Tracks as rows to ask for. */
export function toRows(tracks: readonly TrackKey[], shiftOf: ShiftOf): readonly TimelineRow[] {
  return tracks.map(({ rank, lane }) => ({ rank, lane, shiftNs: shiftOf(rank) }));
}
