import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { Coverage, IntervalsBuilder } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { mean } from './statistics.ts';
import { analyzedSteps } from './step-windows.ts';
import { formatPercent } from './wording.ts';

/** The loader's workers have lanes of their own in span files. */
const WORKER_LANE = /^worker \d+$/;
/** A worker that prepares batches for this share of the time can hardly prepare more: some of its work is not recorded. */
const BUSY = 0.85;
/** One that has this share of the time left is not what is waited for. */
const IDLE = 0.7;

/** A worker process of the loader. */
export interface LoaderWorker {
  readonly name: string;
  /** Share of the analysed time in which it prepares batches, 0 to 1. */
  readonly busyShare: number;
}

export function workerLanes({ lanes }: Trace): LaneIndex[] {
  return [...lanes.keys()].filter((lane) => WORKER_LANE.test(lanes[lane].name));
}

/** None where they are not recorded. */
export function computeLoaderWorkers(trace: Trace, steps: Steps): readonly LoaderWorker[] {
  const rows = analyzedSteps(steps);
  if (rows.length === 0) {
    return [];
  }
  const from = steps.start[rows[0]];
  const until = steps.end[rows[rows.length - 1]];
  const { spans, lanes } = trace;
  return workerLanes(trace).map((lane) => {
    const { first, end } = laneRange(trace, lane);
    const builder = new IntervalsBuilder();
    for (let i = first; i < end; i++) {
      builder.add(spans.start[i], spans.start[i] + spans.duration[i]);
    }
    const intervals = builder.finish();
    // Batches that are on their way at the end of the file are not in it.
    const known = Math.min(until, intervals.end[intervals.length - 1] ?? from);
    const busy = new Coverage(intervals).within(from, known);
    return { name: lanes[lane].name, busyShare: known > from ? busy / (known - from) : 0 };
  });
}

/** Whether the workers together can hardly prepare more. */
export function areAllBusy(workers: readonly LoaderWorker[]): boolean {
  return workers.length > 0 && mean(workers.map(({ busyShare }) => busyShare)) >= BUSY;
}

/** Which workers are waited for; null where nothing tells. */
export function sayWhichWorkers(workers: readonly LoaderWorker[]): string | null {
  if (areAllBusy(workers)) {
    const share = formatPercent(100 * mean(workers.map(({ busyShare }) => busyShare)));
    return workers.length === 1
      ? `The only worker prepares batches ${share} of the time.`
      : `All ${workers.length} workers are too slow together: they prepare batches ${share} of the time.`;
  }
  const busy = workers.filter(({ busyShare }) => busyShare >= BUSY);
  const others = workers.filter(({ busyShare }) => busyShare < BUSY);
  if (busy.length === 0 || others.some(({ busyShare }) => busyShare > IDLE)) {
    return null;
  }
  const names = busy.map(({ name }) => name).join(', ');
  const rest = formatPercent(100 * mean(others.map(({ busyShare }) => busyShare)));
  return `${names.replace('w', 'W')} ${busy.length === 1 ? 'is' : 'are'} the slow one${busy.length === 1 ? '' : 's'}: busy ${formatPercent(100 * mean(busy.map(({ busyShare }) => busyShare)))} of the time, the others ${rest}.`;
}
