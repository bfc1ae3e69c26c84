import type { FlightOperation, FlightRecord } from '../../model/flight-record.ts';

export interface RecordedRank {
  readonly rank: number;
  readonly record: FlightRecord;
}

/** An operation of one rank that others can be compared with. */
export interface RankOperation {
  readonly rank: number;
  /** Row of the rank's operations. */
  readonly row: number;
  readonly operation: FlightOperation;
}

/** Where one rank stands in a process group. */
export interface Standing {
  readonly rank: number;
  /** Collectives that it asked for and that have not ended, in order. */
  readonly pending: readonly RankOperation[];
  /** Messages to and from other ranks that have not ended. */
  readonly messages: readonly RankOperation[];
  /** All collectives that its record still has. */
  readonly collectives: readonly RankOperation[];
  /** Number of the last collective that it asked for, and of the last that ended; null where unknown. */
  readonly enqueued: number | null;
  readonly completed: number | null;
}

/** A process group over all ranks that left a record. */
export interface HungGroup {
  readonly name: string;
  readonly description: string;
  /** In the order of the group; those that left a record, where none tells. */
  readonly members: readonly number[];
  readonly standings: ReadonlyMap<number, Standing>;
}

/** Process groups by name, with the standing of each rank. */
export function gatherGroups(ranks: readonly RecordedRank[]): HungGroup[] {
  const drafts = new Map<string, Draft>();
  for (const { rank, record } of ranks) {
    const rows = record.groups.map((group) => {
      const key = `${group.name}\n${group.description}`;
      const draft = drafts.get(key) ?? { ...group, operations: new Map(), status: new Map() };
      drafts.set(key, draft);
      draft.ranks = draft.ranks.length > 0 ? draft.ranks : group.ranks;
      draft.status.set(rank, group);
      const operations: RankOperation[] = [];
      draft.operations.set(rank, operations);
      return operations;
    });
    record.operations.forEach((operation, row) =>
      rows[operation.group].push({ rank, row, operation }),
    );
  }
  return [...drafts.values()].map(toGroup);
}

interface Draft {
  readonly name: string;
  readonly description: string;
  ranks: readonly number[];
  readonly operations: Map<number, RankOperation[]>;
  readonly status: Map<number, { lastEnqueued: number | null; lastCompleted: number | null }>;
}

function toGroup({ name, description, ranks, operations, status }: Draft): HungGroup {
  const all = [...operations.values()];
  // The status of a group that sends messages counts those.
  const isCounted = all.every((own) => own.every(({ operation }) => !operation.isPointToPoint));
  const standings = [...operations].map(([rank, own]): [number, Standing] => {
    const told = isCounted ? status.get(rank) : undefined;
    return [rank, standingOf(rank, own, told)];
  });
  const members = ranks.length > 0 ? ranks : [...operations.keys()];
  return { name, description, members, standings: new Map(standings) };
}

function standingOf(
  rank: number,
  operations: readonly RankOperation[],
  told: { readonly lastEnqueued: number | null; readonly lastCompleted: number | null } | undefined,
): Standing {
  const collectives = operations
    .filter(({ operation }) => !operation.isPointToPoint)
    .sort((a, b) => a.operation.sequence - b.operation.sequence);
  const pending = collectives.filter(isPending);
  const last = collectives.at(-1)?.operation.sequence ?? null;
  const first = pending.at(0)?.operation.sequence ?? null;
  return {
    rank,
    pending,
    messages: operations.filter((one) => one.operation.isPointToPoint && isPending(one)),
    collectives,
    enqueued: most(last, told?.lastEnqueued ?? null),
    completed: first === null ? most(last, told?.lastCompleted ?? null) : first - 1,
  };
}

function isPending({ operation }: RankOperation): boolean {
  return operation.state !== 'completed';
}

function most(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
