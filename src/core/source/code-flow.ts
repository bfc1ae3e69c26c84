/** A piece of a function: the calls that it can begin and end with; nullable where it may call nothing. */
export interface Flow {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isNullable: boolean;
}

export const NOTHING: Flow = { first: [], last: [], isNullable: true };
/** What control does not come out of. */
export const LEAVES: Flow = { first: [], last: [], isNullable: false };

/** Which call can follow which. */
export class FlowGraph {
  readonly next: Set<number>[] = [];

  add(): Flow {
    this.next.push(new Set());
    const at = this.next.length - 1;
    return { first: [at], last: [at], isNullable: false };
  }

  sequence(...flows: readonly Flow[]): Flow {
    return flows.reduce((before, after) => this.#join(before, after), NOTHING);
  }

  either(...flows: readonly Flow[]): Flow {
    return {
      first: flows.flatMap(({ first }) => first),
      last: flows.flatMap(({ last }) => last),
      isNullable: flows.some(({ isNullable }) => isNullable),
    };
  }

  optional(flow: Flow): Flow {
    return { ...flow, isNullable: true };
  }

  /** `head`, then any number of times `body` and `head` again; ends after `head` or at a `break`. */
  loop(head: Flow, body: Flow, continues: readonly number[], breaks: readonly number[]): Flow {
    const round = this.sequence(head, body);
    this.#link(round.last, round.first);
    this.#link(continues, round.first);
    return {
      first: round.first,
      last: [...new Set([...head.last, ...(head.isNullable ? body.last : []), ...breaks])],
      isNullable: head.isNullable,
    };
  }

  #join(before: Flow, after: Flow): Flow {
    this.#link(before.last, after.first);
    return {
      first: before.isNullable ? [...new Set([...before.first, ...after.first])] : before.first,
      last: after.isNullable ? [...new Set([...after.last, ...before.last])] : after.last,
      isNullable: before.isNullable && after.isNullable,
    };
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const at of from) {
      for (const follower of to) {
        this.next[at].add(follower);
      }
    }
  }
}
