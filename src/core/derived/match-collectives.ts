import type { SpanIndex } from '../model/units.ts';
import type { RankCollective } from './rank-collectives.ts';

/** Ends of one collective lie closer than this where the ranks share a clock. */
export const SAME_END_NS = 2_000_000;

/** One collective as its ranks saw it. */
export interface CollectiveMatch {
  /** By row of the run's ranks; -1 where the rank does not have it. */
  readonly spans: Int32Array<ArrayBuffer>;
  /** Start and end by row of the run's ranks, in run time; NaN where the rank does not have it. */
  readonly start: Float64Array<ArrayBuffer>;
  readonly end: Float64Array<ArrayBuffer>;
  /** Number of the step; null outside of steps. */
  readonly step: number | null;
  readonly key: string;
}

/**
 * Joins the collectives of ranks: by sequence number in their group; else by order in the step, where all
 * ranks have equally many; else by end time, where the ranks share a clock.
 */
export function matchByOrder(
  byRank: readonly (readonly RankCollective[])[],
  offsets: readonly number[],
  hasCommonClock: boolean,
): CollectiveMatch[] {
  const matches: CollectiveMatch[] = [];
  const left: { rank: number; collective: RankCollective }[] = [];
  for (const group of groupByIdentity(byRank)) {
    const counts = new Set(group.filter((list) => list.length > 0).map((list) => list.length));
    const present = group.filter((list) => list.length > 0).length;
    if (counts.size === 1 && present > 1) {
      const [count = 0] = counts;
      for (let i = 0; i < count; i++) {
        matches.push(
          toMatch(
            group.map((list) => list[i]),
            offsets,
          ),
        );
      }
    } else {
      group.forEach((list, rank) => list.forEach((collective) => left.push({ rank, collective })));
    }
  }
  const joined = hasCommonClock ? joinByEnd(left, byRank.length, offsets) : [];
  return matches.concat(joined).sort((a, b) => earliest(a) - earliest(b));
}

/** Joins the collectives of ranks that end together, for files that hold only a sample of them. */
export function matchByEnd(
  byRank: readonly (readonly RankCollective[])[],
  offsets: readonly number[],
): CollectiveMatch[] {
  const all = byRank.flatMap((collectives, rank) =>
    collectives.map((collective) => ({ rank, collective })),
  );
  return joinByEnd(all, byRank.length, offsets).sort((a, b) => earliest(a) - earliest(b));
}

function earliest(match: CollectiveMatch): number {
  return match.start.reduce((least, start) => (start < least ? start : least), Infinity);
}

/** Collectives that may be the same one, by rank; those of a step in time order. */
function groupByIdentity(byRank: readonly (readonly RankCollective[])[]): RankCollective[][][] {
  const groups = new Map<string, RankCollective[][]>();
  byRank.forEach((collectives, rank) => {
    for (const collective of collectives) {
      const place =
        collective.sequence >= 0 ? `#${collective.sequence}` : `@${collective.step ?? 'outside'}`;
      const key = `${collective.key} ${place}`;
      const group = groups.get(key) ?? byRank.map(() => []);
      groups.set(key, group);
      group[rank]?.push(collective);
    }
  });
  return [...groups.values()];
}

function joinByEnd(
  left: readonly { rank: number; collective: RankCollective }[],
  ranks: number,
  offsets: readonly number[],
): CollectiveMatch[] {
  const endOf = ({ rank, collective }: (typeof left)[number]): number =>
    collective.end + offsets[rank];
  const ordered = [...left].sort((a, b) => endOf(a) - endOf(b));
  const open = new Map<string, { end: number; members: (RankCollective | undefined)[] }>();
  const matches: CollectiveMatch[] = [];
  const close = (members: readonly (RankCollective | undefined)[]): void => {
    if (members.filter((member) => member !== undefined).length > 1) {
      matches.push(toMatch(members, offsets));
    }
  };
  for (const entry of ordered) {
    const { rank, collective } = entry;
    const current = open.get(collective.key);
    if (
      current !== undefined &&
      endOf(entry) - current.end <= SAME_END_NS &&
      !current.members[rank]
    ) {
      current.members[rank] = collective;
      continue;
    }
    close(current?.members ?? []);
    const members = Array.from({ length: ranks }, (): RankCollective | undefined => undefined);
    members[rank] = collective;
    open.set(collective.key, { end: endOf(entry), members });
  }
  for (const { members } of open.values()) {
    close(members);
  }
  return matches;
}

function toMatch(
  members: readonly (RankCollective | undefined)[],
  offsets: readonly number[],
): CollectiveMatch {
  const some = members.find((member) => member !== undefined);
  return {
    spans: Int32Array.from(members, (member): SpanIndex => member?.span ?? -1),
    start: Float64Array.from(members, (member, rank) => (member?.start ?? NaN) + offsets[rank]),
    end: Float64Array.from(members, (member, rank) => (member?.end ?? NaN) + offsets[rank]),
    step: some?.step ?? null,
    key: some?.key ?? '',
  };
}
