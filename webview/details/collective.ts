import type { Selection, SelectionDetails } from '../../src/core/model/timeline.ts';
import { formatCount, formatDuration } from '../base/format.ts';

export type Collective = NonNullable<SelectionDetails['collective']>;
export type Arrival = Collective['arrivals'][number];

/** As many other ranks are listed; of more, the first and the last. */
const MAX_LISTED = 5;

/** One other rank of a collective. */
export interface PartnerRow {
  readonly arrival: Arrival;
  readonly text: string;
}

/** The other ranks in the order in which they came, told against `rank`; `left` of them are not listed. */
export function listPartners(
  { arrivals, isComparable }: Collective,
  rank: number,
): { readonly rows: readonly PartnerRow[]; readonly left: number } {
  const own = arrivals.find((arrival) => arrival.rank === rank);
  const others = arrivals.filter((arrival) => arrival.rank !== rank);
  const listed = others.length > MAX_LISTED ? [others[0], others[others.length - 1]] : others;
  const placeOf = (arrival: Arrival) =>
    arrival === arrivals[0] ? ' · first' : arrival === arrivals.at(-1) ? ' · last' : '';
  return {
    rows: listed.map((arrival) => ({
      arrival,
      text:
        own === undefined || !isComparable
          ? `takes ${formatDuration(arrival.durationNs)}`
          : `${describeOffset(arrival.startNs - own.startNs)}${placeOf(arrival)}`,
    })),
    left: others.length - listed.length,
  };
}

function describeOffset(ns: number): string {
  return ns === 0
    ? 'came at the same time'
    : `came ${formatDuration(Math.abs(ns))} ${ns > 0 ? 'later' : 'earlier'}`;
}

/** Who came last, and how long all others waited for it. */
export function describeArrivals({ arrivals, isComparable }: Collective): string {
  const count = formatCount(arrivals.length, 'rank');
  if (!isComparable || arrivals.length < 2) {
    return `${count}; who came last cannot be told, as their clocks differ`;
  }
  const [before, last] = arrivals.slice(-2);
  const lead = formatDuration(last.startNs - before.startNs);
  const spread = formatDuration(last.startNs - arrivals[0].startNs);
  return arrivals.length === 2
    ? `${count}; rank ${last.rank} came last, ${lead} after the other`
    : `${count}; rank ${last.rank} came last, ${lead} after the one before, ${spread} after the first`;
}

export function selectionOf({ rank, span }: Arrival): Selection {
  return { kind: 'span', rank, index: span };
}
