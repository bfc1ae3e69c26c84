import { firstWhere } from '../../base/first-where.ts';
import type { Trace } from '../model/trace.ts';
import { ROUNDING_NS } from './nesting.ts';

/** Deeper nesting than this is counted among the innermost spans alone, so that a hostile file cannot cost quadratic time. */
const MAX_OPEN = 1_024;

/**
 * Spans of threads and streams that begin within another span of the same lane and end after it. They are kept and drawn;
 * a thread cannot do that, so something was recorded on the wrong one, or with a clock that jumped.
 */
export function countOverlaps({ spans, lanes }: Pick<Trace, 'spans' | 'lanes'>): number {
  let count = 0;
  for (const { kind, first, count: length } of lanes) {
    if (kind !== 'thread' && kind !== 'stream') {
      continue;
    }
    /** Ends of the spans that are open, the latest first. */
    const ends: number[] = [];
    for (let i = first; i < first + length; i++) {
      const start = spans.start[i];
      const end = start + spans.duration[i];
      while (ends.length > 0 && ends[ends.length - 1] <= start + ROUNDING_NS) {
        ends.pop();
      }
      count += ends.length > 0 && ends[ends.length - 1] < end - ROUNDING_NS ? 1 : 0;
      const at = firstWhere(0, ends.length, (row) => ends[row] < end);
      ends.splice(at, 0, end);
      if (ends.length > MAX_OPEN) {
        ends.shift();
      }
    }
  }
  return count;
}
