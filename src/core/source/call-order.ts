import type { CodeCall } from '../model/code-unit.ts';
import { NAMED } from './match-call.ts';

/** The calls of a function, by index, that fit a name equally well. */
export interface Candidates {
  readonly at: readonly number[];
  readonly fit: number;
}

/** By call: how many calls that a trace would show were passed to get there. */
type Costs = ReadonlyMap<number, number>;

/** Tells calls of one name apart by what the trace shows before and after: a walk through the function. */
export class CallOrder {
  /** Calls that the trace shows whenever they are passed, for it shows their names. */
  readonly #seen: ReadonlySet<number>;
  readonly #costs: Costs;
  #isBroken = false;

  constructor(
    private readonly calls: readonly CodeCall[],
    events: readonly Candidates[],
    at: number,
  ) {
    this.#seen = new Set(
      events.flatMap((event) =>
        event.at.filter(
          (call) => event.at.length === 1 || (event.fit >= NAMED && calls[call].kind !== 'iterate'),
        ),
      ),
    );
    const forward = this.#walk(events.slice(0, at + 1), (call) => calls[call].next);
    const backward = this.#walk(events.slice(at).reverse(), previousOf(calls));
    const both = [...forward].filter(([call]) => backward.has(call));
    this.#isBroken ||= both.length === 0;
    this.#costs = new Map(
      both.length === 0
        ? events[at].at.map((call) => [call, 0])
        : both.map(([call, cost]) => [call, cost + (backward.get(call) ?? 0)]),
    );
  }

  /** The calls by which the walk passes fewest that it does not show. */
  best(): readonly number[] {
    const least = Math.min(...this.#costs.values());
    return [...this.#costs].filter(([, cost]) => cost === least).map(([call]) => call);
  }

  /** Whether no walk leads through a call on another line. */
  isOnly(best: readonly CodeCall[]): boolean {
    const lines = new Set([...this.#costs.keys()].map((call) => this.calls[call].line));
    return !this.#isBroken && lines.size === 1 && best.length === 1;
  }

  /** Where the last of the events can be, having come from the first; an event that fits nowhere is passed over. */
  #walk(events: readonly Candidates[], next: (at: number) => readonly number[]): Costs {
    let now: Costs | null = null;
    for (const { at } of events.filter((event) => event.at.length > 0)) {
      const reached: Costs | null = now === null ? null : this.#reach(now, next);
      const fitting: [number, number][] = at.flatMap((call) => {
        const cost = reached === null ? 0 : reached.get(call);
        return cost === undefined ? [] : [[call, cost]];
      });
      this.#isBroken ||= fitting.length === 0;
      now = new Map(fitting.length > 0 ? fitting : at.map((call) => [call, 0]));
    }
    return now ?? new Map<number, number>();
  }

  /** What can be the next to be seen; of the ways there, that which passes fewest calls. */
  #reach(from: Costs, next: (at: number) => readonly number[]): Costs {
    const costs = new Map<number, number>();
    let waiting = [...from].flatMap(([at, cost]) => next(at).map((to) => [to, cost] as const));
    while (waiting.length > 0) {
      const later: (readonly [number, number])[] = [];
      for (const [at, cost] of waiting) {
        if (cost < (costs.get(at) ?? Infinity)) {
          costs.set(at, cost);
          const passed = cost + (this.calls[at].kind === 'call' ? 1 : 0);
          later.push(...(this.#seen.has(at) ? [] : next(at).map((to) => [to, passed] as const)));
        }
      }
      waiting = later;
    }
    return costs;
  }
}

function previousOf(calls: readonly CodeCall[]): (at: number) => readonly number[] {
  const previous = calls.map((): number[] => []);
  calls.forEach(({ next }, at) => next.forEach((follower) => previous[follower].push(at)));
  return (at) => previous[at];
}
