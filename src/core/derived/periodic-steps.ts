import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { type Intervals, NO_INTERVALS } from './intervals.ts';
import { type LaneRange, laneRange } from './lane-range.ts';
import type { LoopStructure, Update } from './loop-structure.ts';
import { median, medianAbsoluteDeviation } from './statistics.ts';

/** Repeated events make a period if half of their distances lie within this share of the median. */
const PERIOD_TOLERANCE = 0.5;
const MIN_EDGES = 3;
/** Steps accumulate gradients alike: this share of them has as many backward passes as is usual. */
const MIN_ALIKE = 0.8;

const LOADER = /^enumerate\(DataLoader\)#|dataloader\.py\(\d+\): __next__$|^next\(/;
const OPTIMIZER = /^Optimizer\.step#/;

/**
 * The loop's own period: from update to update of the parameters where operators tell of them, else from one call
 * of the loader to the next, else from the end of one named optimizer step to that of the next. Nothing where updates
 * are of unlike numbers of passes, or calls not regular in time: no steps are better than wrong ones.
 */
export function findPeriodicSteps(
  trace: Trace,
  mainLane: LaneIndex,
  loop: LoopStructure,
): Intervals {
  if (loop.updates.length > 0) {
    return between(updateEdges(loop));
  }
  const lane = laneRange(trace, mainLane);
  const loads = edgesOf(trace, lane, LOADER, 'start');
  if (isPeriodic(loads)) {
    const end = laneEnd(trace, lane);
    return between(end > loads[loads.length - 1] ? [...loads, end] : loads);
  }
  const optimizers = edgesOf(trace, lane, OPTIMIZER, 'end');
  return isPeriodic(optimizers) ? between(optimizers) : NO_INTERVALS;
}

function between(edges: readonly number[]): Intervals {
  return edges.length >= MIN_EDGES
    ? {
        length: edges.length - 1,
        start: Float64Array.from(edges.slice(0, -1)),
        end: Float64Array.from(edges.slice(1)),
      }
    : NO_INTERVALS;
}

/** Empty where the updates are of unlike numbers of backward passes. The first and last step are whole, or left out. */
function updateEdges({ updates, start }: LoopStructure): number[] {
  const usual = median(updates.map(({ passes }) => passes));
  const alike = updates.filter(({ passes }) => passes === usual);
  if (usual === 0 || alike.length < MIN_ALIKE * updates.length) {
    return [];
  }
  const ends = updates.map(({ boundary }, i) =>
    i < updates.length - 1 ? boundary : endOf(updates),
  );
  return updates[0].passes === usual ? [start, ...ends] : ends;
}

/** After the last update there is no next batch that tells where its step ends. */
function endOf(updates: readonly Update[]): number {
  return updates[updates.length - 1].end;
}

function edgesOf(trace: Trace, lane: LaneRange, pattern: RegExp, edge: 'start' | 'end'): number[] {
  const { spans, strings } = trace;
  let chosen = -1;
  const edges: number[] = [];
  for (let i = lane.first; i < lane.end; i++) {
    const name = spans.name[i];
    if (chosen < 0 && pattern.test(strings[name] ?? '')) {
      chosen = name;
    }
    if (name === chosen) {
      edges.push(spans.start[i] + (edge === 'end' ? spans.duration[i] : 0));
    }
  }
  return edges;
}

function isPeriodic(edges: readonly number[]): boolean {
  if (edges.length < MIN_EDGES) {
    return false;
  }
  const distances = edges.slice(1).map((end, i) => end - edges[i]);
  const typical = median(distances);
  return typical > 0 && medianAbsoluteDeviation(distances) <= PERIOD_TOLERANCE * typical;
}

function laneEnd(trace: Trace, lane: LaneRange): number {
  let end = 0;
  for (let i = lane.first; i < lane.end; i++) {
    end = Math.max(end, trace.spans.start[i] + trace.spans.duration[i]);
  }
  return end;
}
