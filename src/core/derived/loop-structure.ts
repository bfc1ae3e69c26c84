import { mapInto } from '../../base/map-into.ts';
import { phaseIndex } from '../model/phase.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import { countUpTo } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { listLoopOperators, type LoopOperators } from './loop-operators.ts';
import { readNamedParts } from './loop-named-parts.ts';
import { type LoopRegion, type LoopSources, readRegion } from './loop-region.ts';
import { LoopWindows } from './loop-windows.ts';
import { readOperatorNames } from './operator-names.ts';
import { NO_PHASES } from './phase-intervals.ts';
import { listTrainingPasses, type TrainingPass } from './training-passes.ts';
import { findValidationPasses } from './validation-passes.ts';

const BACKWARD = phaseIndex('backward');

/** An optimizer's step, with the backward passes since the one before it. Times are the trace's. */
export interface Update {
  readonly end: number;
  /** When the next step of training begins: after what comes with the update, before the next batch. */
  readonly boundary: number;
  readonly passes: number;
}

/** What operators, threads and autograd's numbers tell of a training loop, where nobody named its parts. */
export interface LoopStructure {
  /** What the loop's thread is in, disjoint; nothing where names tell the same. Times are the trace's. */
  readonly windows: PhaseIntervals;
  readonly updates: readonly Update[];
  /** When its thread's first span begins; NaN without any. */
  readonly start: number;
}

/** `own`: by span, the phase that its name tells. */
export function readLoopStructure(
  trace: Trace,
  partner: Int32Array,
  mainLane: LaneIndex,
  backwardLanes: readonly LaneIndex[],
  own: Uint8Array,
): LoopStructure {
  const operators = listLoopOperators(trace, partner, mainLane);
  const passes = listTrainingPasses(trace, operators, mainLane, backwardLanes, own);
  const lane = laneRange(trace, mainLane);
  const start = lane.first < lane.end ? trace.spans.start[lane.first] : NaN;
  if (passes.length === 0) {
    return { windows: NO_PHASES, updates: [], start };
  }
  const named = readNamedParts(trace, own, mainLane);
  const sources: LoopSources = {
    operators,
    names: readOperatorNames(trace, operators, mainLane),
    named,
    hasDevice: trace.lanes.some(({ kind }) => kind === 'stream'),
    isCollective: mapInto(new Uint8Array(operators.span.length), operators.span, (span) =>
      named.isCollective(span) ? 1 : 0,
    ),
  };
  const windows = new LoopWindows(named);
  const updates: Update[] = [];
  let passesSince = 0;
  for (const region of listRegions(trace, operators, passes, start)) {
    const update = readRegion(sources, region, windows);
    if (update !== null) {
      updates.push({ ...update, passes: passesSince });
      passesSince = 0;
    }
    if (region.next !== null) {
      windows.add(BACKWARD, region.next.backwardStart, region.next.backwardEnd);
      passesSince++;
    }
  }
  return { windows: windows.finish(), updates, start };
}

/** Before the first backward pass, between any two, and after the last. */
function listRegions(
  trace: Trace,
  operators: LoopOperators,
  passes: readonly TrainingPass[],
  start: number,
): LoopRegion[] {
  const regions = [...passes.keys(), passes.length].map((i) => {
    const before = passes[i - 1] as TrainingPass | undefined;
    const next = (passes[i] as TrainingPass | undefined) ?? null;
    const end = next?.endForward ?? operators.length;
    const from = before?.backwardEnd ?? start;
    const first = before === undefined ? 0 : Math.min(end, firstRowFrom(operators, from));
    const isTold = next !== null && next.firstForward >= first && next.firstForward < end;
    return { from, first, end, next, forward: isTold ? next.firstForward : null };
  });
  const validations = findValidationPasses(
    trace,
    operators,
    regions.slice(1).map(({ first, end, forward, next }) => ({
      first,
      end: forward ?? (next === null ? end : first),
    })),
    regions.slice(0, -1).map(({ first, end, forward }) => ({ first: forward ?? first, end })),
  );
  return regions.map((region, i) => ({ ...region, validation: validations[i - 1] ?? null }));
}

/** The first operator that begins at a time or later. */
function firstRowFrom({ start }: LoopOperators, time: number): number {
  let row = countUpTo(start, time);
  while (row > 0 && start[row - 1] === time) {
    row--;
  }
  return row;
}
