import { mapInto } from '../../../base/map-into.ts';
import { categoryIndex } from '../../model/span-category.ts';
import type { Flows, Lane, Trace } from '../../model/trace.ts';
import type { SpanIndex } from '../../model/units.ts';

const CPU_OP = categoryIndex('cpu-op');
const RUNTIME = categoryIndex('runtime');

/** Ids of processes hold the process above, a place in the list of processes, and in 5 bits the device. */
const DEVICE_COUNT = 32;

/** From the call that launches a task to the task. */
const LAUNCH = /^HostToDevice/;
/** From the operator to the task. */
const OPERATOR = 'torch_to_npu';

const MAX_ANCESTORS = 64;

/** Joins tasks of the device to the calls and the operators that launched them: the file has arrows for both. */
export function joinLaunches(trace: Trace): Trace {
  const correlation = new Uint32Array(trace.spans.length);
  const externalId = new Uint32Array(trace.spans.length);
  const lanesOfThread = hostLanesByThread(trace.lanes);
  let next = 1;
  for (const { from, to, isLaunch } of pairFlows(trace)) {
    const task = startingAt(trace, trace.flows.lane[to], trace.flows.time[to]);
    const { threadId } = trace.lanes[trace.flows.lane[from]];
    const lanes = isLaunch ? (lanesOfThread.get(threadId) ?? []) : [trace.flows.lane[from]];
    const host = innermost(trace, lanes, trace.flows.time[from], isLaunch ? RUNTIME : CPU_OP);
    const column = isLaunch ? correlation : externalId;
    if (task >= 0 && host >= 0) {
      column[host] ||= next++;
      column[task] = column[host];
    }
  }
  return {
    ...trace,
    lanes: trace.lanes.map((lane) =>
      lane.device === null ? lane : { ...lane, device: lane.device % DEVICE_COUNT },
    ),
    spans: { ...trace.spans, correlation, externalId },
  };
}

interface Arrow {
  /** Rows of the flows. */
  readonly from: number;
  readonly to: number;
  readonly isLaunch: boolean;
}

function pairFlows({ flows, strings }: Trace): Arrow[] {
  const kinds = mapInto(new Uint8Array(strings.length), strings, (name) =>
    LAUNCH.test(name) ? 1 : name === OPERATOR ? 2 : 0,
  );
  const begins = [new Map<number, number>(), new Map<number, number>()];
  const isOf = (row: number, part: number): boolean =>
    kinds[flows.name[row]] !== 0 && flows.part[row] === part;
  forEachRow(flows, (row) => {
    if (isOf(row, 0)) {
      begins[kinds[flows.name[row]] - 1].set(flows.id[row], row);
    }
  });
  const arrows: Arrow[] = [];
  forEachRow(flows, (to) => {
    const kind = kinds[flows.name[to]];
    const from = isOf(to, 2) ? begins[kind - 1].get(flows.id[to]) : undefined;
    if (from !== undefined) {
      arrows.push({ from, to, isLaunch: kind === 1 });
    }
  });
  return arrows;
}

function forEachRow({ length }: Flows, visit: (row: number) => void): void {
  for (let row = 0; row < length; row++) {
    visit(row);
  }
}

/** Threads have one number in PyTorch's rows and in those of CANN, which come last: they are nearer to the launch. */
function hostLanesByThread(lanes: readonly Lane[]): Map<string, number[]> {
  const byThread = new Map<string, number[]>();
  lanes.forEach(({ kind, threadId }, lane) => {
    if (kind === 'thread') {
      const known = byThread.get(threadId) ?? [];
      byThread.set(threadId, known);
      known.push(lane);
    }
  });
  return byThread;
}

function startingAt(trace: Trace, lane: number, time: number): SpanIndex {
  const row = lastBefore(trace, lane, time);
  return row >= 0 && trace.spans.start[row] === time ? row : -1;
}

/** The innermost span of a category around a moment, on the last of the lanes that has one. */
function innermost(
  trace: Trace,
  lanes: readonly number[],
  time: number,
  category: number,
): SpanIndex {
  const { start, duration, category: categories } = trace.spans;
  for (let i = lanes.length - 1; i >= 0; i--) {
    const { first } = trace.lanes[lanes[i]];
    const last = lastBefore(trace, lanes[i], time);
    for (let row = last; row >= Math.max(first, last - MAX_ANCESTORS); row--) {
      if (categories[row] === category && start[row] + duration[row] >= time) {
        return row;
      }
    }
  }
  return -1;
}

/** The last span of a lane that starts at this time or before; -1 is none. */
function lastBefore({ spans, lanes }: Trace, lane: number, time: number): SpanIndex {
  const { first, count } = lanes[lane];
  let low = first;
  let high = first + count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans.start[middle] <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1 >= first ? low - 1 : -1;
}
