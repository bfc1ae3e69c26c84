import type { HungGroup, RankOperation, Standing } from './gather-groups.ts';

/** Others wait in this for a rank that never asked for it. */
export interface Absence {
  readonly rank: number;
  readonly group: HungGroup;
  /** What the others wait in; the first of each of them. */
  readonly waiting: readonly RankOperation[];
  /** Number of the collective that the rank did not ask for; null for messages, which have none. */
  readonly sequence: number | null;
}

/** Where a rank has not asked for a collective that others of its group have. */
export function findAbsences(groups: readonly HungGroup[]): Absence[] {
  return groups.flatMap((group) => [...absentFromCollectives(group), ...absentFromMessages(group)]);
}

function* absentFromCollectives(group: HungGroup): Generator<Absence> {
  const standings = [...group.standings.values()];
  for (const { rank, enqueued } of standings) {
    if (enqueued === null) {
      continue;
    }
    const waiting = standings.flatMap((other) => {
      const isBehind = (other.pending.at(-1)?.operation.sequence ?? -1) <= enqueued;
      const first = isBehind
        ? undefined
        : other.pending.find(({ operation }) => operation.sequence > enqueued);
      return first === undefined || other.rank === rank ? [] : [first];
    });
    if (waiting.length > 0) {
      yield { rank, group, waiting, sequence: enqueued + 1 };
    }
  }
}

/** Messages that one rank waits in, and for which the other has no counterpart. */
function* absentFromMessages(group: HungGroup): Generator<Absence> {
  const byPair = new Map<string, { rank: number; waiting: RankOperation[] }>();
  for (const standing of group.standings.values()) {
    for (const { peer, extra } of unmatched(group, standing)) {
      const key = `${peer}`;
      const found = byPair.get(key) ?? { rank: peer, waiting: [] };
      byPair.set(key, found);
      found.waiting.push(extra);
    }
  }
  for (const { rank, waiting } of byPair.values()) {
    yield { rank, group, waiting, sequence: null };
  }
}

/** For each peer that left a record: the first message of a rank beyond those that the peer has as well. */
function* unmatched(
  group: HungGroup,
  { messages }: Standing,
): Generator<{ peer: number; extra: RankOperation }> {
  const byName = new Map<string, RankOperation[]>();
  for (const message of messages) {
    const { name } = message.operation;
    byName.set(name, [...(byName.get(name) ?? []), message]);
  }
  for (const [name, own] of byName) {
    const match = /^(send|recv) (\d{1,7})(?:->|<-)(\d{1,7})/.exec(name);
    const peer = match === null ? undefined : group.members.at(Number(match[3]));
    const other = peer === undefined ? undefined : group.standings.get(peer);
    if (match === null || peer === undefined || other === undefined) {
      continue;
    }
    const [, kind, from, to] = match;
    const counterpart = kind === 'send' ? `recv ${to}<-${from}` : `send ${to}->${from}`;
    const count = other.messages.filter(({ operation }) => operation.name === counterpart).length;
    if (own.length > count) {
      yield { peer, extra: own[count] };
    }
  }
}
