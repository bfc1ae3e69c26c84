import { mapInto } from '../../base/map-into.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import { countUpTo } from './intervals.ts';
import { median } from './statistics.ts';

const DEVICE_WORK = new Set([
  categoryIndex('kernel'),
  categoryIndex('memcpy'),
  categoryIndex('memset'),
]);

/** From this share of a step on, the device's end of a step says when it ended, the host's does not. */
const RUN_AHEAD_SHARE = 0.5;

const RECORDED = categoryIndex('recorded');

interface Window {
  readonly number: number;
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
  trace: Trace,
  partner: Int32Array,
): { readonly steps: readonly T[]; readonly isAhead: boolean } {
  const { spans } = trace;
  const starts = mapInto(new Float64Array(steps.length), steps, ({ start }) => start);
  const rows = new Map(steps.map(({ number }, row) => [number, row]));
  const ends = mapInto(new Float64Array(steps.length), steps, ({ end }) => end);
  for (let i = 0; i < spans.length; i++) {
    const step = isRecordedWork(trace, i)
      ? (rows.get((spans.step?.[i] ?? 0) - 1) ?? -1)
      : rowAround(steps, starts, launchTime(trace, i, partner[i]));
    if (step >= 0) {
      ends[step] = Math.max(ends[step], spans.start[i] + spans.duration[i]);
    }
  }
  const lags = ends.map((end, i) => end - steps[i].end);
  const stepNs = (ends[ends.length - 1] - starts[0]) / steps.length;
  if (steps.length === 0 || median(lags) < RUN_AHEAD_SHARE * stepNs) {
    return { steps, isAhead: false };
  }
  let before = -Infinity;
  const followed = steps.map((step, i) => {
    const start = Math.max(step.start, before);
    before = Math.max(before, ends[i]);
    return { ...step, start, end: before };
  });
  return { steps: followed, isAhead: true };
}

/** Span files tell the step of device work rather than its launch. */
function isRecordedWork({ spans, lanes }: Trace, i: SpanIndex): boolean {
  return spans.category[i] === RECORDED && lanes[spans.lane[i]].kind === 'stream';
}

/** NaN for what is no work of a device, or has no launch. */
function launchTime({ spans }: Trace, i: SpanIndex, launch: SpanIndex): number {
  return launch >= 0 && DEVICE_WORK.has(spans.category[i]) ? spans.start[launch] : NaN;
}

/** The row of the window around a time; -1 is none. */
function rowAround(windows: readonly Window[], starts: Float64Array, time: number): number {
  const row = countUpTo(starts, time) - 1;
  return row >= 0 && time < windows[row].end ? row : -1;
}
