import type { Trace } from '../model/trace.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { LaneIndex } from '../model/units.ts';

const STEP = categoryIndex('step');

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
  return best;
}

/** 2 for lanes with profiler steps, 1 for loaders, optimizers and threads with recorded steps. */
function marksByLane(trace: Trace): Uint8Array<ArrayBuffer> {
  const { spans, strings, lanes } = trace;
  const worth = Uint8Array.from(strings, (name) =>
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
