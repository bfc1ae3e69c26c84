import { mapInto } from '../../base/map-into.ts';
import type { Trace } from '../model/trace.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { LaneIndex } from '../model/units.ts';

const STEP = categoryIndex('step');

/** What autograd calls to go back over an operator. */
export const AUTOGRAD_NODE = /^autograd::engine::evaluate_function|Backward\d*$/;
/** The loop runs at least this share of the operators that autograd goes back over. */
const MIN_NODES_SEEN = 0.5;

/**
 * The lane whose thread runs the training loop: the one with the steps, else with the loader and the
 * optimizer, else the busiest thread; -1 where there is no thread.
 */
export function findMainLane(trace: Trace): LaneIndex {
  const marks = marksByLane(trace);
  let best = -1;
  let bestScore = 0;
  trace.lanes.forEach((lane, index) => {
    if (lane.kind === 'stream' || lane.kind === 'device-annotations' || lane.count === 0) {
      return;
    }
    const isNamedMain = /^main\b/i.test(lane.name);
    if (lane.kind === 'logical' && !isNamedMain && marks[index] === 0) {
      return;
    }
    const score =
      marks[index] * 1e18 +
      (isNamedMain ? 1e17 : 0) +
      coveredTime(trace, lane.first, lane.count) +
      1;
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  });
  return best < 0 || marks[best] > 0 ? best : threadOfForward(trace, best);
}

/** Autograd's thread may be the busiest: the loop is then where most operators run that its nodes go back over. */
function threadOfForward(trace: Trace, busiest: LaneIndex): LaneIndex {
  const { spans, strings, lanes } = trace;
  const { autograd } = spans;
  if (autograd === null || autograd === undefined) {
    return busiest;
  }
  const isNode = mapInto(new Uint8Array(strings.length), strings, (name) =>
    AUTOGRAD_NODE.test(name) ? 1 : 0,
  );
  const { first, count } = lanes[busiest];
  const numbers = new Set<number>();
  for (let i = first; i < first + count; i++) {
    if (isNode[spans.name[i]] === 1) {
      numbers.add(autograd[i]);
    }
  }
  numbers.delete(0);
  const seen = lanes.map(() => new Set<number>());
  for (let i = 0; i < spans.length; i++) {
    if (isNode[spans.name[i]] === 0 && numbers.has(autograd[i])) {
      seen[spans.lane[i]].add(autograd[i]);
    }
  }
  const most = seen.reduce(
    (best, { size }, lane) => (size > seen[best].size ? lane : best),
    busiest,
  );
  return seen[most].size >= MIN_NODES_SEEN * numbers.size ? most : busiest;
}

/** 2 for lanes with profiler steps, 1 for loaders, optimizers and threads with recorded steps. */
function marksByLane(trace: Trace): Uint8Array<ArrayBuffer> {
  const { spans, strings, lanes } = trace;
  const worth = mapInto(new Uint8Array(strings.length), strings, (name) =>
    /^ProfilerStep#\d+$/.test(name)
      ? 2
      : /^(enumerate\(DataLoader\)#|Optimizer\.step#)/.test(name)
        ? 1
        : 0,
  );
  const marks = new Uint8Array(lanes.length);
  for (let i = 0; i < spans.length; i++) {
    const lane = spans.lane[i];
    const isStepOfThread = spans.category[i] === STEP && lanes[lane].kind === 'thread';
    const worthOfSpan = isStepOfThread ? 1 : worth[spans.name[i]];
    marks[lane] = Math.max(marks[lane], worthOfSpan);
  }
  return marks;
}

function coveredTime(trace: Trace, first: number, count: number): number {
  let covered = 0;
  let until = -Infinity;
  for (let i = first; i < first + count; i++) {
    const start = trace.spans.start[i];
    const end = start + trace.spans.duration[i];
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered;
}
