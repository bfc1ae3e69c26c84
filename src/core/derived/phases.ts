import { phaseIndex } from '../model/phase.ts';
import type { Nesting } from '../model/tables.ts';
import { SPAN_CATEGORIES } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { phaseOfName } from './phase-names.ts';

const BACKWARD = phaseIndex('backward');

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
}

export function computePhases(
  trace: Trace,
  nesting: Nesting,
  partner: Int32Array,
  mainLane: LaneIndex,
): PhaseColumns {
  const own = phasesByName(trace);
  const backwardLanes = findBackwardLanes(trace, nesting, mainLane);
  const isBackwardLane = Uint8Array.from(trace.lanes, (_, lane) =>
    backwardLanes.includes(lane) ? 1 : 0,
  );
  const inherited = new Uint8Array(own.length);
  for (let i = 0; i < own.length; i++) {
    const parent = nesting.parent[i] as number;
    const fromAbove =
      parent >= 0
        ? (inherited[parent] as number)
        : isBackwardLane[trace.spans.lane[i] as number]
          ? BACKWARD
          : 0;
    inherited[i] = (own[i] as number) || fromAbove;
  }
  for (const lane of trace.lanes) {
    for (let i = lane.first; lane.kind === 'stream' && i < lane.first + lane.count; i++) {
      const host = partner[i] as number;
      if (own[i] === 0 && host >= 0) {
        own[i] = inherited[host] as number;
        inherited[i] = own[i] as number;
      }
    }
  }
  return { own, inherited, backwardLanes };
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
    const category = spans.category[i] as number;
    const name = spans.name[i] as number;
    const memo = known[category] as Int16Array;
    if (memo[name] === -1) {
      memo[name] = phaseIndex(
        phaseOfName(strings[name] ?? '', SPAN_CATEGORIES[category] ?? 'other'),
      );
    }
    own[i] = memo[name] as number;
  }
  return own;
}

function findBackwardLanes(trace: Trace, nesting: Nesting, mainLane: LaneIndex): LaneIndex[] {
  const { spans, strings, lanes } = trace;
  const isBackward = Uint8Array.from(strings, (name) => (/Backward|autograd::/.test(name) ? 1 : 0));
  return [...lanes.keys()].filter((index) => {
    const lane = lanes[index];
    if (lane?.kind !== 'thread' || index === mainLane) {
      return false;
    }
    let outermost = 0;
    let backward = 0;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      if (nesting.parent[i] === -1) {
        outermost++;
        backward += isBackward[spans.name[i] as number] as number;
      }
    }
    return backward > 0 && backward >= BACKWARD_LANE_SHARE * outermost;
  });
}
