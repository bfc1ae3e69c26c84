import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import { countUpTo } from './intervals.ts';
import { median } from './statistics.ts';

const DEVICE_WORK = new Set([
  categoryIndex('kernel'),
  categoryIndex('memcpy'),
  categoryIndex('memset'),
]);

/** From this share of a step on, the device's end of a step says when it ended, the host's does not. */
const RUN_AHEAD_SHARE = 0.5;

interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the host runs ahead, its steps are short while it launches and long where it waits at last: there a step
 * lasts from the end of all work of the step before to the end of all its own, on host and device. `steps` are in
 * time order.
 */
export function followDevice<T extends Window>(
  steps: readonly T[],
  { spans }: Trace,
  partner: Int32Array,
): T[] {
  const starts = Float64Array.from(steps, ({ start }) => start);
  const ends = Float64Array.from(steps, ({ end }) => end);
  for (let i = 0; i < spans.length; i++) {
    const launch = partner[i];
    if (launch < 0 || !DEVICE_WORK.has(spans.category[i])) {
      continue;
    }
    const step = countUpTo(starts, spans.start[launch]) - 1;
    if (step >= 0 && spans.start[launch] < steps[step].end) {
      ends[step] = Math.max(ends[step], spans.start[i] + spans.duration[i]);
    }
  }
  const lags = ends.map((end, i) => end - steps[i].end);
  const stepNs = (ends[ends.length - 1] - starts[0]) / steps.length;
  if (steps.length === 0 || median(lags) < RUN_AHEAD_SHARE * stepNs) {
    return [...steps];
  }
  let before = -Infinity;
  return steps.map((step, i) => {
    const start = Math.max(step.start, before);
    before = Math.max(before, ends[i]);
    return { ...step, start, end: before };
  });
}
