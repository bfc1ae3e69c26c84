import type { HungGroup, RankOperation } from './gather-groups.ts';

/** Ranks of a group that asked for different things under one number. */
export interface Mismatch {
  readonly group: HungGroup;
  readonly sequence: number;
  /** What differs. */
  readonly what: 'operation' | 'sizes' | 'types';
  /** One of each kind, those of most ranks first, with the ranks that have it. */
  readonly kinds: readonly { readonly sample: RankOperation; readonly ranks: readonly number[] }[];
}

/** Their tensors have one size on all ranks. */
const OF_EQUAL_SIZE = /^(?:all_?reduce|_all_?gather_base|_reduce_scatter_base|broadcast)$/i;

const TRAITS: readonly {
  readonly what: Mismatch['what'];
  readonly of: (one: RankOperation) => string;
  readonly isKnown: (one: RankOperation) => boolean;
}[] = [
  { what: 'operation', of: ({ operation }) => operation.name, isKnown: () => true },
  {
    what: 'sizes',
    of: ({ operation }) => operation.inputSizes,
    isKnown: ({ operation }) => OF_EQUAL_SIZE.test(operation.name) && operation.inputSizes !== '',
  },
  {
    what: 'types',
    of: ({ operation }) => operation.inputTypes,
    isKnown: ({ operation }) => OF_EQUAL_SIZE.test(operation.name) && operation.inputTypes !== '',
  },
];

/** The first of each group: what comes after it follows from it. */
export function findMismatches(groups: readonly HungGroup[]): Mismatch[] {
  return groups.flatMap((group) => firstMismatch(group) ?? []);
}

function firstMismatch(group: HungGroup): Mismatch | null {
  const bySequence = new Map<number, RankOperation[]>();
  for (const { collectives } of group.standings.values()) {
    for (const one of collectives) {
      const same = bySequence.get(one.operation.sequence);
      if (same === undefined) {
        bySequence.set(one.operation.sequence, [one]);
      } else {
        same.push(one);
      }
    }
  }
  for (const sequence of [...bySequence.keys()].sort((a, b) => a - b)) {
    const all = bySequence.get(sequence) ?? [];
    const ranks = new Set(all.map(({ rank }) => rank));
    // Operations that are sent together have one number.
    if (ranks.size === all.length && all.some(({ operation }) => operation.state !== 'completed')) {
      const found = compare(group, sequence, all);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

function compare(
  group: HungGroup,
  sequence: number,
  all: readonly RankOperation[],
): Mismatch | null {
  for (const { what, of, isKnown } of TRAITS) {
    const kinds = new Map<string, RankOperation[]>();
    for (const one of all.filter(isKnown)) {
      kinds.set(of(one), [...(kinds.get(of(one)) ?? []), one]);
    }
    if (kinds.size > 1) {
      const ordered = [...kinds.values()].sort((a, b) => b.length - a.length);
      return {
        group,
        sequence,
        what,
        kinds: ordered.map((same) => ({ sample: same[0], ranks: same.map(({ rank }) => rank) })),
      };
    }
  }
  return null;
}
