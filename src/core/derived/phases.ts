import { phaseIndex } from '../model/phase.ts';
import type { Nesting, Steps } from '../model/tables.ts';
import { categoryIndex, SPAN_CATEGORIES } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { computeForwardWindows } from './forward-windows.ts';
import { countUpTo, type Intervals } from './intervals.ts';
import { phaseOfName } from './phase-names.ts';

const BACKWARD = phaseIndex('backward');
const FORWARD = phaseIndex('forward');
const CPU_OP = categoryIndex('cpu-op');
const RUNTIME = categoryIndex('runtime');

/** A thread runs the backward pass if this share of its outermost operators is named so. */
const BACKWARD_LANE_SHARE = 0.2;

/** What spans say of their phase by themselves, and what they are part of. */
export interface PhaseColumns {
  /** By span: what its own record or name tells; for work of a device what launched it; 0 is nothing. */
  readonly own: Uint8Array<ArrayBuffer>;
  /** By span: its own phase, else that of the innermost enclosing span that has one. */
  readonly inherited: Uint8Array<ArrayBuffer>;
  /** Threads of the autograd engine. */
  readonly backwardLanes: readonly LaneIndex[];
  /** Forward passes that only the structure of their step tells. */
  readonly forwardWindows: Intervals;
}

export function computePhases(
  trace: Trace,
  nesting: Nesting,
  partner: Int32Array,
  mainLane: LaneIndex,
  steps: Steps,
): PhaseColumns {
  const own = phasesByName(trace);
  const backwardLanes = findBackwardLanes(trace, nesting, mainLane);
  const forwardWindows = computeForwardWindows(trace, own, backwardLanes, mainLane, steps);
  const inherited = new Uint8Array(own.length);
  trace.lanes.forEach((lane, index) => {
    const fallback = backwardLanes.includes(index) ? BACKWARD : 0;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      const parent = nesting.parent[i];
      const fromAbove = parent >= 0 ? inherited[parent] : fallback;
      inherited[i] = own[i] || fromAbove;
      if (inherited[i] === 0 && index === mainLane && isForward(trace, i, forwardWindows)) {
        inherited[i] = FORWARD;
      }
    }
  });
  assignDeviceWork(trace, partner, own, inherited);
  return { own, inherited, backwardLanes, forwardWindows };
}

/** Operators and launches that the structure of their step puts into the forward pass. */
function isForward({ spans }: Trace, i: SpanIndex, windows: Intervals): boolean {
  if (spans.category[i] !== CPU_OP && spans.category[i] !== RUNTIME) {
    return false;
  }
  const start = spans.start[i];
  const row = countUpTo(windows.start, start) - 1;
  return row >= 0 && start < windows.end[row];
}

/** Work of a device is part of what launched it. */
function assignDeviceWork(
  { lanes }: Trace,
  partner: Int32Array,
  own: Uint8Array,
  inherited: Uint8Array,
): void {
  for (const lane of lanes) {
    for (let i = lane.first; lane.kind === 'stream' && i < lane.first + lane.count; i++) {
      const host = partner[i];
      if (own[i] === 0 && host >= 0) {
        own[i] = inherited[host];
        inherited[i] = own[i];
      }
    }
  }
}

function phasesByName({ spans, strings }: Trace): Uint8Array<ArrayBuffer> {
  const own = new Uint8Array(spans.length);
  const known = SPAN_CATEGORIES.map(() => new Int16Array(strings.length).fill(-1));
  for (let i = 0; i < own.length; i++) {
    const recorded = spans.recordedPhase?.[i] ?? 0;
    if (recorded !== 0) {
      own[i] = recorded;
      continue;
    }
    const category = spans.category[i];
    const name = spans.name[i];
    const memo = known[category] as Int16Array;
    if (memo[name] === -1) {
      memo[name] = phaseIndex(
        phaseOfName(strings[name] ?? '', SPAN_CATEGORIES[category] ?? 'other'),
      );
    }
    own[i] = memo[name];
  }
  return own;
}

function findBackwardLanes(trace: Trace, nesting: Nesting, mainLane: LaneIndex): LaneIndex[] {
  const { spans, strings, lanes } = trace;
  const isBackward = Uint8Array.from(strings, (name) => (/Backward|autograd::/.test(name) ? 1 : 0));
  return [...lanes.keys()].filter((index) => {
    const lane = lanes[index];
    if (lane.kind !== 'thread' || index === mainLane) {
      return false;
    }
    let outermost = 0;
    let backward = 0;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      if (nesting.parent[i] === -1) {
        outermost++;
        backward += isBackward[spans.name[i]];
      }
    }
    return backward > 0 && backward >= BACKWARD_LANE_SHARE * outermost;
  });
}
