import type { Trace } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';

/**
 * From the first start to the last end of spans, in rank time; where there are none, from the first value of counters to
 * the last; from Infinity to -Infinity where there is nothing.
 */
export interface Extent {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}

export function computeExtent({ spans, counters }: Pick<Trace, 'spans' | 'counters'>): Extent {
  const { length, start, duration } = spans;
  let startNs = Infinity;
  let endNs = -Infinity;
  for (let i = 0; i < length; i++) {
    startNs = Math.min(startNs, start[i]);
    endNs = Math.max(endNs, start[i] + duration[i]);
  }
  for (let i = 0; length === 0 && i < counters.length; i++) {
    startNs = Math.min(startNs, counters.time[i]);
    endNs = Math.max(endNs, counters.time[i]);
  }
  return { startNs, endNs };
}
