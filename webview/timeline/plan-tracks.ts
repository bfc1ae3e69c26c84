import { counterLane } from '../../src/core/model/counter.ts';
import { RANK_TRACK, type TimelineLane, type TimelineRank } from '../../src/core/model/timeline.ts';
import type { LaneKind } from '../../src/core/model/trace.ts';
import { inOrder, NO_CHOICES, type TrackChoices } from './track-choices.ts';
import { matchesLane, matchesRank, matchesRankNumber, type TrackFilter } from './track-filter.ts';
import { keyOf, type TrackKey } from './track-key.ts';

/** A row below the summary of its rank. */
export interface LaneRow extends Pick<TimelineLane, 'lane' | 'name' | 'depthCount' | 'isMain'> {
  readonly kind: LaneKind | 'counter';
}

/** A track that is shown, before it has a place. */
export interface PlannedTrack extends TrackKey {
  /** Null for the summary of a rank. */
  readonly of: LaneRow | null;
  /** By itself or with its rank. */
  readonly isAtTop: boolean;
  readonly isFolded: boolean;
  /** Away from its rank, which its label has to name. */
  readonly isAlone: boolean;
}

export interface TrackPlan {
  readonly choices: TrackChoices;
  readonly filter: TrackFilter | null;
  /** Of many ranks those that are shown at first; null where all are. */
  readonly few: ReadonlySet<number> | null;
}

export const ALL_TRACKS: TrackPlan = { choices: NO_CHOICES, filter: null, few: null };

/** Which tracks are shown, from top to bottom: the pinned ones first. */
export function planTracks(
  ranks: readonly TimelineRank[],
  openRanks: ReadonlySet<number>,
  plan: TrackPlan,
): readonly PlannedTrack[] {
  const { choices } = plan;
  const keys = keysOf(choices);
  const byNumber = new Map(ranks.map((rank) => [rank.rank, rank]));
  const planRank = (rank: TimelineRank, isAtTop: boolean) =>
    planGroup(rank, { isAtTop, isOpen: openRanks.has(rank.rank), plan, keys });
  const pinned = choices.pinned.flatMap((key) => {
    const rank = byNumber.get(key.rank);
    if (rank === undefined) {
      return [];
    }
    return key.lane === RANK_TRACK
      ? planRank(rank, true)
      : planPinnedLane(rank, key.lane, plan, keys);
  });
  const isShown = ranksShown(openRanks, plan);
  const others = inOrder(ranks, choices.rankOrder, ({ rank }) => rank).filter(
    ({ rank }) => isShown(rank) && !keys.pinned.has(keyOf({ rank, lane: RANK_TRACK })),
  );
  return [...pinned, ...others.flatMap((rank) => planRank(rank, false))];
}

/** All that could be shown. */
export function countTracks(ranks: readonly TimelineRank[]): number {
  return ranks.reduce((sum, rank) => sum + 1 + rowsOf(rank).length, 0);
}

interface KeySets {
  readonly pinned: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
  /** By rank. */
  readonly laneOrder: ReadonlyMap<number, readonly number[]>;
}

function keysOf({ pinned, hidden, folded, laneOrder }: TrackChoices): KeySets {
  const setOf = (keys: readonly TrackKey[]) => new Set(keys.map(keyOf));
  const lanes = new Map<number, number[]>();
  for (const { rank, lane } of laneOrder) {
    const known = lanes.get(rank);
    if (known === undefined) {
      lanes.set(rank, [lane]);
    } else {
      known.push(lane);
    }
  }
  return { pinned: setOf(pinned), hidden: setOf(hidden), folded: setOf(folded), laneOrder: lanes };
}

/** A filter looks at all ranks, of however many. */
function ranksShown(
  openRanks: ReadonlySet<number>,
  { choices, filter, few }: TrackPlan,
): (rank: number) => boolean {
  const revealed = new Set(choices.revealed);
  return few === null || choices.showsAllRanks || filter !== null
    ? () => true
    : (rank) => few.has(rank) || openRanks.has(rank) || revealed.has(rank);
}

/** The summary of a rank, and of its lanes those that are open or that the filter means. */
function planGroup(
  rank: TimelineRank,
  {
    isAtTop,
    isOpen,
    plan: { filter },
    keys,
  }: {
    readonly isAtTop: boolean;
    readonly isOpen: boolean;
    readonly plan: TrackPlan;
    readonly keys: KeySets;
  },
): readonly PlannedTrack[] {
  const own = { rank: rank.rank, lane: RANK_TRACK };
  const isMeant = filter === null || matchesRank(filter, rank);
  if (keys.hidden.has(keyOf(own)) || (filter !== null && !matchesRankNumber(filter, rank.rank))) {
    return [];
  }
  const isWanted = (lane: LaneRow) => (isMeant ? isOpen : matchesLane(filter, lane));
  const lanes = orderedLanes(rank, keys).filter((lane) => {
    const key = keyOf({ rank: rank.rank, lane: lane.lane });
    return isWanted(lane) && !keys.hidden.has(key) && !keys.pinned.has(key);
  });
  return isMeant || lanes.length > 0
    ? [
        { ...own, of: null, isAtTop, isFolded: false, isAlone: false },
        ...lanes.map((lane) => planLane(rank.rank, lane, isAtTop, keys)),
      ]
    : [];
}

function orderedLanes(rank: TimelineRank, { laneOrder }: KeySets): readonly LaneRow[] {
  return inOrder(rowsOf(rank), laneOrder.get(rank.rank) ?? [], ({ lane }) => lane);
}

const rowsByRank = new WeakMap<TimelineRank, readonly LaneRow[]>();

/** The lanes of a rank in the usual order, then its counters. */
export function rowsOf(rank: TimelineRank): readonly LaneRow[] {
  const { lanes, counters = [] } = rank;
  let rows = rowsByRank.get(rank);
  if (rows === undefined) {
    rows = [
      ...lanes,
      ...counters.map(({ counter, name }) => ({
        lane: counterLane(counter),
        name,
        kind: 'counter' as const,
        depthCount: 1,
        isMain: false,
      })),
    ];
    rowsByRank.set(rank, rows);
  }
  return rows;
}

function planPinnedLane(
  of: TimelineRank,
  lane: number,
  { filter }: TrackPlan,
  keys: KeySets,
): readonly PlannedTrack[] {
  const { rank } = of;
  const row = rowsOf(of).find((other) => other.lane === lane);
  const isMeant =
    row !== undefined &&
    (filter === null || (matchesRankNumber(filter, rank) && matchesLane(filter, row)));
  return isMeant ? [{ ...planLane(rank, row, true, keys), isAlone: true }] : [];
}

function planLane(rank: number, of: LaneRow, isAtTop: boolean, { folded }: KeySets): PlannedTrack {
  const key = { rank, lane: of.lane };
  return { ...key, of, isAtTop, isFolded: folded.has(keyOf(key)), isAlone: false };
}
