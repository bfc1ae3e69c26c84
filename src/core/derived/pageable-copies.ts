import { mapInto } from '../../base/map-into.ts';
import { GAP_CAUSES } from '../model/report.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Gaps, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import { differenceOf, type Intervals, uniteIntervals } from './intervals.ts';
import { clipToSteps, stepAt } from './step-windows.ts';

const MEMCPY = categoryIndex('memcpy');
/** A gap of these causes right after such a copy is the price of the host's waiting in it. */
const AFTER_COPY = new Set(
  (['host', 'sync', 'copy', 'launch'] as const).map((cause) => GAP_CAUSES.indexOf(cause)),
);

/** Copies to the device from memory that the driver must first copy itself, while the host waits. */
export interface PageableCopies {
  /** In time order. */
  readonly spans: readonly SpanIndex[];
  /** When the device does nothing but them; inside steps. */
  readonly exposed: Intervals;
  /** When the device idles after one until the host has launched again; inside steps. */
  readonly idle: Intervals;
  /** By step: how many begin in it. */
  readonly countPerStep: Float64Array<ArrayBuffer>;
}

export function computePageableCopies(
  { spans, strings }: Trace,
  work: DeviceWork,
  gaps: Gaps,
  steps: Steps,
): PageableCopies {
  const isPageable = mapInto(new Uint8Array(strings.length), strings, (name) =>
    /HtoD.*Pageable/.test(name) ? 1 : 0,
  );
  const copies = [...work.order].filter(
    (i) => spans.category[i] === MEMCPY && isPageable[spans.name[i]] === 1,
  );
  const running = uniteIntervals(
    copies.map((i) => spans.start[i]),
    copies.map((i) => spans.start[i] + spans.duration[i]),
  );
  const exposed = differenceOf(differenceOf(running, work.compute), work.communication);
  const known = new Set(copies);
  const after = [...Array(gaps.length).keys()].filter(
    (gap) => AFTER_COPY.has(gaps.cause[gap]) && known.has(gaps.before[gap]),
  );
  const idle = uniteIntervals(
    after.map((gap) => gaps.start[gap]),
    after.map((gap) => gaps.end[gap]),
  );
  const countPerStep = new Float64Array(steps.length);
  for (const i of copies) {
    const step = stepAt(steps, spans.start[i]);
    if (step >= 0) {
      countPerStep[step]++;
    }
  }
  return { spans: copies, exposed: clipToSteps(exposed, steps), idle, countPerStep };
}
