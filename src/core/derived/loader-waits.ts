import { mapInto } from '../../base/map-into.ts';
import type { DeviceBusy, Steps } from '../model/tables.ts';
import type { SpanIndex } from '../model/units.ts';
import type { HostActivity } from './host-activity.ts';
import { Coverage, differenceOf, type Intervals } from './intervals.ts';
import { clipToSteps } from './step-windows.ts';

/** How long the training loop waits for its batches. */
export interface LoaderWaits {
  /** Waits of the main lane, in time order, whole. */
  readonly waits: Intervals;
  /** By wait: the outermost span. */
  readonly spans: Int32Array<ArrayBuffer>;
  /** The part of the waits inside steps in which the device does nothing; all of it without a device. */
  readonly exposed: Intervals;
  /** By step: exposed time. */
  readonly exposedPerStep: Float64Array<ArrayBuffer>;
  /** By step: the longest wait; -1 is none. */
  readonly longestPerStep: Int32Array<ArrayBuffer>;
}

export function computeLoaderWaits(
  host: HostActivity,
  busy: DeviceBusy,
  steps: Steps,
): LoaderWaits {
  const exposed = clipToSteps(differenceOf(host.data.intervals, busy), steps);
  const coverage = new Coverage(exposed);
  const longest: SpanIndex[] = [];
  const perStep = mapInto(new Float64Array(steps.start.length), steps.start, (start, step) => {
    const end = steps.end[step];
    longest.push(host.data.longestWithin(start, end));
    return coverage.within(start, end);
  });
  return {
    waits: host.data.intervals,
    spans: host.data.spans,
    exposed,
    exposedPerStep: perStep,
    longestPerStep: Int32Array.from(longest),
  };
}
