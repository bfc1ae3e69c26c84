import type { Trace } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';

/**
 * From the first start to the last end of spans, in rank time; where there are none, from the first value of counters to
 * as long after the last as values lie apart; from Infinity to -Infinity where there is nothing.
 */
export interface Extent {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}

/** How long a single moment is shown. */
const MOMENT_NS = 1e9;

export function computeExtent({ spans, counters }: Pick<Trace, 'spans' | 'counters'>): Extent {
  const { length, start, duration } = spans;
  let startNs = Infinity;
  let endNs = -Infinity;
  for (let i = 0; i < length; i++) {
    startNs = Math.min(startNs, start[i]);
    endNs = Math.max(endNs, start[i] + duration[i]);
  }
  return length > 0 ? { startNs, endNs } : extentOfCounters(counters);
}

/** A value stands until the next one: the last is shown for the mean time between them. */
function extentOfCounters({ time }: Trace['counters']): Extent {
  let startNs = Infinity;
  let endNs = -Infinity;
  for (const ns of time) {
    startNs = Math.min(startNs, ns);
    endNs = Math.max(endNs, ns);
  }
  const gaps = new Set(time).size - 1;
  return { startNs, endNs: endNs + (gaps > 0 ? (endNs - startNs) / gaps : MOMENT_NS) };
}
