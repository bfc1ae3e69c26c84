import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { Nesting, PhaseIntervals } from '../model/tables.ts';
import { categoryIndex, SPAN_CATEGORIES } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { countUpTo } from './intervals.ts';
import { phaseOfName } from './phase-names.ts';

const BACKWARD = phaseIndex('backward');
const VALIDATION = phaseIndex('validation');
const TOLD_BY_STRUCTURE = new Set(
  (['cpu-op', 'runtime', 'annotation'] as const).map((category) => categoryIndex(category)),
);

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

/** What no name tells, the structure of the loop does: `windows` are of its thread. `named` is by span. */
export function computePhases(
  trace: Trace,
  nesting: Nesting,
  partner: Int32Array,
  { named, backwardLanes, windows, mainLane }: PhaseSources,
): PhaseColumns {
  const own = Uint8Array.from(named);
  const inherited = new Uint8Array(own.length);
  trace.lanes.forEach((lane, index) => {
    const fallback = backwardLanes.includes(index) ? BACKWARD : 0;
    for (let i = lane.first; i < lane.first + lane.count; i++) {
      const told = index === mainLane ? phaseByStructure(trace, i, windows) : 0;
      if (told === VALIDATION) {
        own[i] = VALIDATION;
      }
      const parent = nesting.parent[i];
      inherited[i] = own[i] || (parent >= 0 ? inherited[parent] : fallback) || told;
    }
  });
  assignDeviceWork(trace, partner, own, inherited);
  return { own, inherited, backwardLanes };
}

interface PhaseSources {
  readonly named: Uint8Array;
  readonly backwardLanes: readonly LaneIndex[];
  readonly windows: PhaseIntervals;
  readonly mainLane: LaneIndex;
}

/** Of operators, launches and annotations inside a part of the loop; Python's frames reach over several. */
function phaseByStructure({ spans }: Trace, i: SpanIndex, windows: PhaseIntervals): number {
  if (!TOLD_BY_STRUCTURE.has(spans.category[i])) {
    return 0;
  }
  const row = countUpTo(windows.start, spans.start[i]) - 1;
  const isInside = row >= 0 && spans.start[i] + spans.duration[i] <= windows.end[row];
  return isInside ? windows.phase[row] : 0;
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

/** By span: the phase that its own record or name tells. */
export function phasesByName({ spans, strings }: Trace): Uint8Array<ArrayBuffer> {
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

/** Threads of the autograd engine. */
export function findBackwardLanes(
  trace: Trace,
  nesting: Nesting,
  mainLane: LaneIndex,
): LaneIndex[] {
  const { spans, strings, lanes } = trace;
  const isBackward = mapInto(new Uint8Array(strings.length), strings, (name) =>
    /Backward|autograd::/.test(name) ? 1 : 0,
  );
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
