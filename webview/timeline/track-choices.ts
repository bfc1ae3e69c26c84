import * as z from 'zod';
import { RANK_TRACK } from '../../src/core/model/timeline.ts';
import { isSameTrack, type TrackKey } from './track-key.ts';

/** Of each list that is kept; a run may have more tracks than anyone arranges by hand. */
const MAX_KEPT = 4_096;

const keysSchema = z
  .array(z.object({ rank: z.int(), lane: z.int() }))
  .max(MAX_KEPT)
  .readonly();
const ranksSchema = z.array(z.int()).max(MAX_KEPT).readonly();

export const trackChoicesSchema = z.object({
  pinned: keysSchema,
  hidden: keysSchema,
  folded: keysSchema,
  rankOrder: ranksSchema,
  laneOrder: keysSchema,
  revealed: ranksSchema,
  showsAllRanks: z.boolean(),
});

/** How the user has arranged the tracks. */
export interface TrackChoices {
  /** At the top, in this order. */
  readonly pinned: readonly TrackKey[];
  readonly hidden: readonly TrackKey[];
  /** Lanes of which the outermost level alone is shown. */
  readonly folded: readonly TrackKey[];
  /** All ranks from top to bottom; empty where none was moved. */
  readonly rankOrder: readonly number[];
  /** Of each rank whose lanes were moved: all of them from top to bottom. */
  readonly laneOrder: readonly TrackKey[];
  /** Ranks that were brought into sight beside the few that are shown of many. */
  readonly revealed: readonly number[];
  /** Whether all of many ranks are shown. */
  readonly showsAllRanks: boolean;
}

export const NO_CHOICES: TrackChoices = {
  pinned: [],
  hidden: [],
  folded: [],
  rankOrder: [],
  laneOrder: [],
  revealed: [],
  showsAllRanks: false,
};

export function hasTrack(keys: readonly TrackKey[], key: TrackKey): boolean {
  return keys.some((other) => isSameTrack(other, key));
}

function without(keys: readonly TrackKey[], key: TrackKey): readonly TrackKey[] {
  return keys.filter((other) => !isSameTrack(other, key));
}

function toggled(keys: readonly TrackKey[], { rank, lane }: TrackKey): readonly TrackKey[] {
  const key = { rank, lane };
  return hasTrack(keys, key) ? without(keys, key) : [...keys, key].slice(-MAX_KEPT);
}

export function togglePinned(choices: TrackChoices, key: TrackKey): TrackChoices {
  return { ...choices, pinned: toggled(choices.pinned, key) };
}

export function toggleFolded(choices: TrackChoices, key: TrackKey): TrackChoices {
  return { ...choices, folded: toggled(choices.folded, key) };
}

/** What is hidden is not pinned any more. */
export function hideTrack(choices: TrackChoices, key: TrackKey): TrackChoices {
  return {
    ...choices,
    pinned: without(choices.pinned, key),
    hidden: toggled(without(choices.hidden, key), key),
  };
}

export function showHidden(choices: TrackChoices): TrackChoices {
  return { ...choices, hidden: [] };
}

/** Brings a lane or a rank into sight, wherever it was hidden or left out. */
export function revealTrack(choices: TrackChoices, key: TrackKey): TrackChoices {
  const { rank } = key;
  const others = choices.revealed.filter((other) => other !== rank);
  return {
    ...choices,
    hidden: without(without(choices.hidden, key), { rank, lane: RANK_TRACK }),
    revealed: [...others, rank].slice(-MAX_KEPT),
  };
}

/** All items in the order that was chosen; those that it does not know keep their place at the end. */
export function inOrder<T>(
  items: readonly T[],
  order: readonly number[],
  numberOf: (item: T) => number,
): readonly T[] {
  if (order.length === 0) {
    return items;
  }
  const places = new Map(order.map((number, place) => [number, place]));
  const placeOf = (item: T) => places.get(numberOf(item)) ?? order.length;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The shown ones in their new order, at the places that they have among all. */
export function reorder(all: readonly number[], shown: readonly number[]): readonly number[] {
  const moved = new Set(shown);
  let next = 0;
  return all.map((number) => (moved.has(number) ? shown[next++] : number));
}

/** The same list with its item `from` at `to`. */
export function moved<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const others = items.filter((_, i) => i !== from);
  return [...others.slice(0, to), items[from], ...others.slice(to)];
}

export function keepRankOrder(choices: TrackChoices, order: readonly number[]): TrackChoices {
  return { ...choices, rankOrder: order.slice(0, MAX_KEPT) };
}

export function keepLaneOrder(
  choices: TrackChoices,
  rank: number,
  lanes: readonly number[],
): TrackChoices {
  const others = choices.laneOrder.filter((key) => key.rank !== rank);
  const own = lanes.map((lane) => ({ rank, lane }));
  return { ...choices, laneOrder: [...others, ...own].slice(-MAX_KEPT) };
}
