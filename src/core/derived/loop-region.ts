import { phaseIndex } from '../model/phase.ts';
import { countUpTo } from './intervals.ts';
import type { NamedParts } from './loop-named-parts.ts';
import { type LoopOperators, WORK } from './loop-operators.ts';
import type { LoopWindows } from './loop-windows.ts';
import type { OperatorNames } from './operator-names.ts';
import type { TrainingPass } from './training-passes.ts';
import type { Rows } from './validation-passes.ts';

const DATA = phaseIndex('data');
const H2D = phaseIndex('h2d');
const BACKWARD = phaseIndex('backward');
const FORWARD = phaseIndex('forward');
const OPTIMIZER = phaseIndex('optimizer');
const VALIDATION = phaseIndex('validation');
/** What Python does before it calls the first operator of the optimizer: so long, or this share of all of it. */
const MAX_PYTHON_NS = 2_000_000;
const MAX_PYTHON_SHARE = 0.05;
/** What Python does before it calls the first operator of the forward pass, as a share of all of it. */
const MAX_PREAMBLE_SHARE = 0.2;
/** Setting gradients to zero comes right after an update, or so many operators later. */
const MAX_BETWEEN = 2;
/** One operator in place makes no optimizer, nor one gradient set to zero. */
const MIN_REPEATS = 2;

export interface LoopSources {
  readonly operators: LoopOperators;
  readonly names: OperatorNames;
  readonly named: NamedParts;
  readonly hasDevice: boolean;
  /** By row. */
  readonly isCollective: Uint8Array;
}

/** What the loop does from one backward pass to the next; its operators are the rows [first, end). */
export interface LoopRegion extends Rows {
  /** Time of the trace. */
  readonly from: number;
  /** Null after the last backward pass. */
  readonly next: TrainingPass | null;
  /** The first operator of the next forward pass; null where nothing tells. */
  readonly forward: number | null;
  readonly validation: Rows | null;
}

interface UpdateTimes {
  readonly end: number;
  readonly boundary: number;
}

/** A row of operators, and the time from which on it and those after it count. */
interface Position {
  readonly row: number;
  readonly time: number;
}

/** Adds the phases of a region; null where no optimizer runs in it. */
export function readRegion(
  sources: LoopSources,
  region: LoopRegion,
  windows: LoopWindows,
): UpdateTimes | null {
  const { operators, named } = sources;
  const update = lastUpdate(sources, region);
  const updateEnd = Math.max(
    update === null ? -Infinity : operators.end[update],
    namedUpdateEnd(sources, region),
  );
  addZeroing(sources, region, windows);
  if (update !== null) {
    addUpdate(operators, region, update, windows);
  }
  let position = skipReads(sources, region, {
    row: rowFrom(operators, Math.max(updateEnd, region.from), region),
    time: Math.max(updateEnd, region.from),
  });
  if (region.validation !== null) {
    position = addValidation(sources, region, position, windows);
  }
  const batch = nextFrom(named.batches.start, position.time);
  const boundary = batch < regionEnd(region) ? batch : position.time;
  if (region.next !== null) {
    const mark = lastUpTo(named.marks, operators.start[region.forward ?? region.end - 1]);
    const time = Math.max(position.time, mark);
    addBatchAndForward(sources, region, { row: rowFrom(operators, time, region), time }, windows);
  }
  return updateEnd === -Infinity ? null : { end: updateEnd, boundary };
}

function regionEnd({ next }: LoopRegion): number {
  return next?.backwardStart ?? Infinity;
}

/** The last of the operators that change parameters, before those of the next batch; null where there are too few. */
function lastUpdate(sources: LoopSources, region: LoopRegion): number | null {
  const { names } = sources;
  const end = firstOfBatch(sources, region);
  let count = 0;
  let last: number | null = null;
  for (let row = region.first; row < end && !endsUpdates(sources, row); row++) {
    if (names.isUpdate[row] === 1) {
      count += names.isMultiTensor[row] === 1 ? MIN_REPEATS : 1;
      last = row;
    } else if (names.isZero[row] === 1 && last !== null && row - last <= MAX_BETWEEN) {
      last = row;
    }
  }
  return count >= MIN_REPEATS ? last : null;
}

/** The row before which the optimizer has ended. */
function firstOfBatch({ operators, named }: LoopSources, region: LoopRegion): number {
  const time = Math.min(
    nextFrom(named.marks, region.from),
    nextFrom(named.batches.start, region.from),
  );
  return Math.min(
    region.forward ?? region.end,
    region.validation?.first ?? region.end,
    rowFrom(operators, time, region),
  );
}

/** Without autograd's numbers, arithmetic in place may be the model's once other work has begun. */
function endsUpdates({ operators, names }: LoopSources, row: number): boolean {
  const isOptimizers = names.isUpdate[row] === 1 || names.isZero[row] === 1;
  return !names.isNumbered && !isOptimizers && operators.work[row] !== WORK.none;
}

function namedUpdateEnd({ operators, named }: LoopSources, region: LoopRegion): number {
  const { start, end } = named.optimizers;
  const until = operators.start[region.forward ?? region.end] ?? regionEnd(region);
  const last = countUpTo(start, Math.min(until, regionEnd(region))) - 1;
  return last >= 0 && start[last] >= region.from ? end[last] : -Infinity;
}

/** A longer pause before the first operator is the end of the backward pass, which waits for collectives. */
function addUpdate(
  { start, end }: LoopOperators,
  { from, first }: LoopRegion,
  last: number,
  windows: LoopWindows,
): void {
  const pause = start[first] - from;
  const isPython = pause <= Math.max(MAX_PYTHON_NS, MAX_PYTHON_SHARE * (end[last] - start[first]));
  windows.add(OPTIMIZER, isPython ? from : start[first], end[last]);
  windows.add(BACKWARD, from, start[first]);
}

/** Setting gradients to zero belongs to the optimizer, wherever the loop does it. */
function addZeroing(
  { operators, names }: LoopSources,
  region: LoopRegion,
  windows: LoopWindows,
): void {
  let run = 0;
  for (let row = region.first; row <= region.end; row++) {
    if (row < region.end && names.isZero[row] === 1) {
      run++;
      continue;
    }
    if (run >= MIN_REPEATS) {
      windows.add(OPTIMIZER, operators.start[row - run], operators.end[row - 1]);
    }
    run = 0;
  }
}

/** Past the numbers that the loop reads right after. */
function skipReads(
  { operators, names }: LoopSources,
  region: LoopRegion,
  { row, time }: Position,
): Position {
  let next = row;
  while (next < (region.forward ?? region.end) && names.isRead[next] === 1) {
    next++;
  }
  return next > row ? { row: next, time: Math.max(time, operators.end[next - 1]) } : { row, time };
}

function addValidation(
  sources: LoopSources,
  region: LoopRegion,
  from: Position,
  windows: LoopWindows,
): Position {
  const { operators, named } = sources;
  const { first, end } = region.validation ?? region;
  const batch = nextFrom(named.batches.start, from.time);
  const start = Math.min(operators.start[first], batch);
  const last = skipReads(sources, region, { row: end, time: operators.end[end - 1] });
  windows.add(VALIDATION, start, last.time);
  return last;
}

function addBatchAndForward(
  sources: LoopSources,
  region: LoopRegion,
  from: Position,
  windows: LoopWindows,
): void {
  const { operators, named } = sources;
  const limit = region.forward ?? firstWork(sources, region, from.row, WORK.other);
  const firstTime = operators.start[Math.min(limit, region.end - 1)];
  const batchEnd = lastUpTo(named.batches.end, firstTime);
  let time = Math.max(from.time, batchEnd);
  if (!named.hasData) {
    time = Math.max(time, addLoading(sources, region, { row: from.row, time: from.time }, windows));
  }
  for (let row = from.row; row < limit; row++) {
    if (operators.work[row] === WORK.copyIn) {
      windows.add(H2D, operators.start[row], operators.end[row]);
      time = Math.max(time, operators.end[row]);
    }
  }
  const first = rowFrom(operators, time, region);
  if (first < region.end) {
    const end = regionEnd(region);
    const isPreamble =
      time === batchEnd || operators.start[first] - time <= MAX_PREAMBLE_SHARE * (end - time);
    windows.add(FORWARD, isPreamble ? time : operators.start[first], end);
  }
}

/**
 * Where no name tells of loading: what the host does by itself before it gives the device anything, and a pause
 * before the batch is copied. When it ends.
 */
function addLoading(
  sources: LoopSources,
  region: LoopRegion,
  { row, time }: Position,
  windows: LoopWindows,
): number {
  const { operators, isCollective } = sources;
  const isWork = (at: number): boolean =>
    isCollective[at] === 1 || operators.work[at] !== WORK.none;
  const limit = region.forward ?? region.end;
  let end = row;
  while (end < limit && !isWork(end)) {
    end++;
  }
  const isBeforeCopy = end < limit && operators.work[end] === WORK.copyIn;
  if (end > row && (region.forward !== null || isBeforeCopy)) {
    windows.add(DATA, time, operators.end[end - 1]);
    return operators.end[end - 1];
  }
  if (isBeforeCopy) {
    windows.add(DATA, time, operators.start[end]);
  }
  return time;
}

function firstWork(
  { operators }: LoopSources,
  region: LoopRegion,
  from: number,
  work: number,
): number {
  let row = from;
  while (row < region.end && operators.work[row] !== work) {
    row++;
  }
  return row;
}

/** The first operator of the region that begins at a time or later. */
function rowFrom({ start }: LoopOperators, time: number, { first, end }: Rows): number {
  let row = countUpTo(start, time, first, end);
  while (row > first && start[row - 1] === time) {
    row--;
  }
  return row;
}

function nextFrom(ascending: Float64Array, time: number): number {
  const next = countUpTo(ascending, time - 1);
  return ascending[next] ?? Infinity;
}

function lastUpTo(ascending: Float64Array, time: number): number {
  return ascending[countUpTo(ascending, time) - 1] ?? -Infinity;
}
