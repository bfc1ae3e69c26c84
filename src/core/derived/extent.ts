import type { Spans } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';

/** From the first start to the last end of spans, in rank time; from Infinity to -Infinity where there are none. */
export interface Extent {
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}

export function computeExtent({ length, start, duration }: Spans): Extent {
  let startNs = Infinity;
  let endNs = -Infinity;
  for (let i = 0; i < length; i++) {
    startNs = Math.min(startNs, start[i]);
    endNs = Math.max(endNs, start[i] + duration[i]);
  }
  return { startNs, endNs };
}
