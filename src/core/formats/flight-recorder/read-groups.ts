import type { FlightGroup } from '../../model/flight-record.ts';
import { entriesOf, listOf, memberOf, numberOf, textOf } from './loose-record.ts';

/** Larger groups are none that a file could list. */
const MAX_RANKS = 1_000_000;
const MAX_NAME_CHARACTERS = 200;

/** The process groups of a dump, and where each stands. */
export class GroupTable {
  readonly #rows = new Map<string, number>();
  readonly #groups: { name: string; description: string; ranks: readonly number[] }[] = [];
  /** By row: the number that this process gave the group. */
  readonly #ids = new Map<number, string>();

  constructor(private readonly dump: unknown) {
    for (const [name, config] of entriesOf(memberOf(dump, 'pg_config'))) {
      this.row(textOf(memberOf(config, 'name')) ?? name, textOf(memberOf(config, 'desc')) ?? '', {
        ranks: readRanks(memberOf(config, 'ranks')),
      });
    }
  }

  row(
    name: string,
    description: string,
    { ranks = [], id = null }: { readonly ranks?: readonly number[]; readonly id?: string | null },
  ): number {
    const known = this.#rows.get(name);
    const row = known ?? this.#groups.length;
    if (known === undefined) {
      this.#rows.set(name, row);
      this.#groups.push({
        name: name.slice(0, MAX_NAME_CHARACTERS),
        description: description.slice(0, MAX_NAME_CHARACTERS),
        ranks,
      });
    }
    if (id !== null) {
      this.#ids.set(row, id);
    }
    return row;
  }

  finish(): readonly FlightGroup[] {
    const status = new Map(entriesOf(memberOf(this.dump, 'pg_status')));
    this.#completeIds([...status.keys()]);
    return this.#groups.map((group, row) => {
      const own = status.get(this.#ids.get(row) ?? '');
      return {
        ...group,
        lastEnqueued: numberOrNull(memberOf(own, 'last_enqueued_collective')),
        lastCompleted: numberOrNull(memberOf(own, 'last_completed_collective')),
      };
    });
  }

  /** The only rank that is in all groups; null where there are several. */
  ownRank(): number | null {
    const known = this.#groups.map(({ ranks }) => ranks).filter(isKnown);
    const sets = known.slice(1).map((ranks) => new Set(ranks));
    const common = (known.at(0) ?? []).filter((rank) => sets.every((ranks) => ranks.has(rank)));
    return common.length === 1 ? common[0] : null;
  }

  worldSize(): number | null {
    const largest = this.#groups.reduce((most, { ranks }) => Math.max(most, ranks.length), 0);
    return largest > 0 ? largest : null;
  }

  /** Processes number groups as they make them, and so are groups named: the order of both tells the rest. */
  #completeIds(ids: readonly string[]): void {
    const names = this.#groups.map(({ name }) => Number(name));
    if (ids.length !== names.length || [...names, ...ids.map(Number)].some(Number.isNaN)) {
      return;
    }
    const byName = [...names.keys()].sort((a, b) => names[a] - names[b]);
    const byId = [...ids].sort((a, b) => Number(a) - Number(b));
    const isSame = byName.every((row, i) => (this.#ids.get(row) ?? byId[i]) === byId[i]);
    if (isSame) {
      byName.forEach((row, i) => this.#ids.set(row, byId[i]));
    }
  }
}

function isKnown(ranks: readonly number[]): boolean {
  return ranks.length > 0;
}

/** A list, or a text that looks like one. */
function readRanks(value: unknown): readonly number[] {
  const parts = typeof value === 'string' ? (value.match(/\d{1,7}/g) ?? []) : listOf(value);
  return parts
    .slice(0, MAX_RANKS)
    .map(Number)
    .filter((rank) => Number.isInteger(rank) && rank >= 0 && rank < MAX_RANKS);
}

function numberOrNull(value: unknown): number | null {
  const number = numberOf(value);
  return Number.isFinite(number) ? number : null;
}
