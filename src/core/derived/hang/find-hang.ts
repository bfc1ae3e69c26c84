import { type Absence, findAbsences } from './find-absences.ts';
import { findMismatches, type Mismatch } from './find-mismatches.ts';
import {
  gatherGroups,
  type HungGroup,
  type RankOperation,
  type RecordedRank,
} from './gather-groups.ts';

/** A rank that asked for a collective which all others of its group finished, and did not finish it. */
export interface Stop {
  readonly rank: number;
  readonly group: HungGroup;
  readonly operation: RankOperation;
  /** Ranks of the group that finished it. */
  readonly finishedBy: readonly number[];
}

/** A rank without a record that others wait for, as far as records tell. */
export interface Silence {
  readonly rank: number;
  readonly group: HungGroup;
  readonly waiting: readonly RankOperation[];
}

/** Why a job stands still. */
export interface Hang {
  readonly stops: readonly Stop[];
  /** Of ranks that wait for no other rank that could be to blame. */
  readonly absences: readonly Absence[];
  /** Of ranks that wait for each other. */
  readonly deadlock: readonly Absence[];
  readonly silences: readonly Silence[];
  readonly mismatches: readonly Mismatch[];
  /** Ranks that wait in anything. */
  readonly waiting: readonly number[];
}

/** All ranks have to take part in these before any of them can finish. */
const SYMMETRIC = /all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|barrier/i;

/** Finds the ranks that the others wait for. Those that wait themselves for one of them are not to blame. */
export function findHang(ranks: readonly RecordedRank[]): Hang {
  const groups = gatherGroups(ranks);
  const stops = findStops(groups);
  const absences = findAbsences(groups);
  const silences = findSilences(groups, ranks.length);
  const blamed = new Set([...stops, ...silences].map(({ rank }) => rank));
  const waitsFor = listWaits(absences, stops, groups);
  const suspects = new Set([...absences.map(({ rank }) => rank), ...blamed]);
  const isRoot = ({ rank }: Absence): boolean =>
    [...(waitsFor.get(rank) ?? [])].every((other) => other === rank || !suspects.has(other));
  const roots = absences.filter((absence) => blamed.has(absence.rank) || isRoot(absence));
  const isExplained = roots.length > 0 || blamed.size > 0;
  return {
    stops,
    absences: roots,
    deadlock: isExplained ? [] : absences.filter(({ rank }) => reachesItself(rank, waitsFor)),
    silences,
    mismatches: findMismatches(groups),
    waiting: listWaiting(groups),
  };
}

/** The first of each rank. */
function findStops(groups: readonly HungGroup[]): Stop[] {
  const byRank = new Map<number, Stop>();
  for (const group of groups) {
    const standings = [...group.standings.values()];
    for (const { rank, pending } of standings) {
      const operation = pending.find((one) => SYMMETRIC.test(one.operation.name));
      if (operation === undefined) {
        continue;
      }
      const { sequence } = operation.operation;
      const finishedBy = standings.filter(({ completed }) => (completed ?? -1) >= sequence);
      const known = byRank.get(rank);
      if (finishedBy.length > 0 && (known === undefined || operation.row < known.operation.row)) {
        byRank.set(rank, { rank, group, operation, finishedBy: finishedBy.map((one) => one.rank) });
      }
    }
  }
  return [...byRank.values()].sort((a, b) => a.rank - b.rank);
}

/** Members without a record, where all others have asked for the same collective and none has finished it. */
function findSilences(groups: readonly HungGroup[], recordCount: number): Silence[] {
  const byRank = new Map<number, Silence>();
  for (const group of groups) {
    const standings = [...group.standings.values()];
    const waiting = standings.flatMap(({ pending, messages }) => [
      ...pending.slice(0, 1),
      ...messages.slice(0, 1),
    ]);
    const sequences = standings.map(({ pending }) => pending.at(0)?.operation.sequence ?? -1);
    const isSame = sequences.every((sequence) => sequence === sequences[0]);
    for (const rank of group.members) {
      if (!group.standings.has(rank) && !byRank.has(rank) && waiting.length > 0 && isSame) {
        byRank.set(rank, { rank, group, waiting });
      }
    }
  }
  // Of few files out of many, most are only not here.
  return byRank.size > recordCount ? [] : [...byRank.values()].sort((a, b) => a.rank - b.rank);
}

/** By rank: the ranks that it waits for. */
function listWaits(
  absences: readonly Absence[],
  stops: readonly Stop[],
  groups: readonly HungGroup[],
): Map<number, Set<number>> {
  const waits = new Map<number, Set<number>>();
  const add = (from: number, to: number): void => {
    waits.set(from, (waits.get(from) ?? new Set()).add(to));
  };
  for (const { rank, waiting } of absences) {
    waiting.forEach((other) => add(other.rank, rank));
  }
  const stopped = new Set(stops.map(({ rank }) => rank));
  for (const { members, standings } of groups) {
    const others = members.filter((rank) => stopped.has(rank) || !standings.has(rank));
    for (const { rank, pending, messages } of standings.values()) {
      if (pending.length + messages.length > 0) {
        others.filter((other) => other !== rank).forEach((other) => add(rank, other));
      }
    }
  }
  return waits;
}

function reachesItself(rank: number, waitsFor: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const seen = new Set<number>();
  const next = [...(waitsFor.get(rank) ?? [])];
  for (let other = next.pop(); other !== undefined; other = next.pop()) {
    if (other === rank) {
      return true;
    }
    if (!seen.has(other)) {
      seen.add(other);
      next.push(...(waitsFor.get(other) ?? []));
    }
  }
  return false;
}

function listWaiting(groups: readonly HungGroup[]): number[] {
  const ranks = groups.flatMap(({ standings }) =>
    [...standings.values()]
      .filter(({ pending, messages }) => pending.length + messages.length > 0)
      .map(({ rank }) => rank),
  );
  return [...new Set(ranks)].sort((a, b) => a - b);
}
