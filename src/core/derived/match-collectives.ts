import { mapInto } from '../../base/map-into.ts';
import { ascendingOrder } from '../../base/sort-runs.ts';
import type { CollectiveMatch } from '../model/collective-match.ts';
import { type RankClock, toRunTime } from '../model/rank-clock.ts';
import type { RankCollective } from './rank-collectives.ts';

/** Ends of one collective lie closer than this where the ranks share a clock. */
export const SAME_END_NS = 2_000_000;

/** What collectives of ranks share that may be the same one: operation, group, and sequence number or step. */
interface Identity {
  readonly key: string;
  readonly step: number | null;
}

/** The collectives of one rank by start. Rank time. */
interface CollectiveColumns {
  readonly identity: Int32Array<ArrayBuffer>;
  readonly span: Int32Array<ArrayBuffer>;
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
}

/** The collectives of all ranks, as little of them as matching takes. */
export interface CollectiveLists {
  readonly identities: readonly Identity[];
  readonly ranks: readonly CollectiveColumns[];
}

/** Rows of identities, by sequence number, or by step (NaN is outside of steps) where there is none. */
interface RowsOfKey {
  readonly bySequence: Map<number, number>;
  readonly byStep: Map<number, number>;
}

/** Takes one rank after the other, so that not all of them need be in memory. */
export function listByIdentity(byRank: Iterable<readonly RankCollective[]>): CollectiveLists {
  const identities: Identity[] = [];
  const known = new Map<string, RowsOfKey>();
  const identityOf = ({ key, sequence, step }: RankCollective): number => {
    const ofKey: RowsOfKey = known.get(key) ?? { bySequence: new Map(), byStep: new Map() };
    known.set(key, ofKey);
    const rows = sequence >= 0 ? ofKey.bySequence : ofKey.byStep;
    const number = sequence >= 0 ? sequence : (step ?? NaN);
    const row = rows.get(number) ?? identities.push({ key, step }) - 1;
    rows.set(number, row);
    return row;
  };
  const ranks = Array.from(byRank, (collectives) => ({
    identity: mapInto(new Int32Array(collectives.length), collectives, identityOf),
    span: mapInto(new Int32Array(collectives.length), collectives, ({ span }) => span),
    start: mapInto(new Float64Array(collectives.length), collectives, ({ start }) => start),
    end: mapInto(new Float64Array(collectives.length), collectives, ({ end }) => end),
  }));
  return { identities, ranks };
}

/**
 * Joins the collectives of ranks: by sequence number in their group; else by order in the step, where all
 * ranks have equally many; else by end time, where the ranks share a clock.
 */
export function matchByOrder(
  lists: CollectiveLists,
  clocks: readonly RankClock[],
  hasCommonClock: boolean,
): CollectiveMatch[] {
  const counts = countIdentities(lists);
  const first = new Int32Array(counts.length);
  const matches: CollectiveMatch[] = [];
  counts.forEach(({ perRank, ranks }, identity) => {
    first[identity] = matches.length;
    for (let i = 0; ranks > 1 && i < perRank; i++) {
      matches.push(emptyMatch(clocks.length, lists.identities[identity]));
    }
  });
  const left: Place[] = [];
  lists.ranks.forEach(({ identity }, rank) => {
    const seen = new Int32Array(counts.length);
    identity.forEach((id, i) => {
      if (counts[id].perRank === UNEVEN || counts[id].ranks === 1) {
        left.push({ rank, i });
      } else {
        put(matches[first[id] + seen[id]++], lists, { rank, i }, clocks[rank]);
      }
    });
  });
  return inOrder(hasCommonClock ? [...matches, ...joinByEnd(lists, left, clocks)] : matches);
}

/** Joins the collectives of ranks that end together, for files that hold only a sample of them. */
export function matchByEnd(
  lists: CollectiveLists,
  clocks: readonly RankClock[],
): CollectiveMatch[] {
  const all = lists.ranks.flatMap(({ span }, rank) => [...span.keys()].map((i) => ({ rank, i })));
  return inOrder(joinByEnd(lists, all, clocks));
}

/** One collective of one rank. */
interface Place {
  readonly rank: number;
  readonly i: number;
}

/** How often the ranks that have an identity have it, where not all equally often. */
const UNEVEN = -1;

function countIdentities({ identities, ranks }: CollectiveLists) {
  const counts = identities.map(() => ({ perRank: 0, ranks: 0 }));
  for (const { identity } of ranks) {
    const own = new Int32Array(identities.length);
    identity.forEach((id) => own[id]++);
    own.forEach((count, id) => {
      if (count > 0) {
        const all = counts[id];
        all.perRank = all.ranks === 0 || all.perRank === count ? count : UNEVEN;
        all.ranks++;
      }
    });
  }
  return counts;
}

function joinByEnd(
  lists: CollectiveLists,
  places: readonly Place[],
  clocks: readonly RankClock[],
): CollectiveMatch[] {
  const { identities, ranks } = lists;
  const identityOf = ({ rank, i }: Place): Identity => identities[ranks[rank].identity[i]];
  const ends = mapInto(new Float64Array(places.length), places, ({ rank, i }) =>
    toRunTime(clocks[rank], ranks[rank].end[i]),
  );
  const ordered = ascendingOrder(ends) ?? ends.keys();
  const open = new Map<string, Group>();
  const groups: Group[] = [];
  for (const row of ordered) {
    const place = places[row];
    const { key } = identityOf(place);
    const end = ends[row];
    const current = open.get(key);
    if (
      current !== undefined &&
      end - current.end <= SAME_END_NS &&
      !current.ranks.has(place.rank)
    ) {
      current.places.push(place);
      current.ranks.add(place.rank);
    } else {
      const group = { end, places: [place], ranks: new Set([place.rank]) };
      open.set(key, group);
      groups.push(group);
    }
  }
  return groups
    .filter(({ places: members }) => members.length > 1)
    .map(({ places: members }) => {
      const lowest = members.reduce((least, place) => (place.rank < least.rank ? place : least));
      const match = emptyMatch(ranks.length, identityOf(lowest));
      members.forEach((place) => put(match, lists, place, clocks[place.rank]));
      return match;
    });
}

/** Collectives that end together; `end` is that of the first. */
interface Group {
  readonly end: number;
  readonly places: Place[];
  readonly ranks: Set<number>;
}

function emptyMatch(ranks: number, { key, step }: Identity): CollectiveMatch {
  return {
    spans: new Int32Array(ranks).fill(-1),
    start: new Float64Array(ranks).fill(NaN),
    end: new Float64Array(ranks).fill(NaN),
    step,
    key,
  };
}

function put(
  { spans, start, end }: CollectiveMatch,
  { ranks }: CollectiveLists,
  { rank, i }: Place,
  clock: RankClock,
): void {
  const columns = ranks[rank];
  spans[rank] = columns.span[i];
  start[rank] = toRunTime(clock, columns.start[i]);
  end[rank] = toRunTime(clock, columns.end[i]);
}

function inOrder(matches: readonly CollectiveMatch[]): CollectiveMatch[] {
  return matches
    .map((match) => ({
      match,
      // A minimum that passes over NaN.
      first: match.start.reduce((least, time) => (time < least ? time : least), Infinity),
    }))
    .sort((a, b) => a.first - b.first)
    .map(({ match }) => match);
}
