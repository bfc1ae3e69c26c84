import { float64Column, int32Column } from '../../base/columns.ts';
import { mapInto } from '../../base/map-into.ts';
import { ascendingOrder } from '../../base/sort-runs.ts';
import { phaseIndex } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { PhaseIntervals } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { countUpTo, Coverage, type Intervals, NO_INTERVALS } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { intervalsOfPhase } from './phase-intervals.ts';
import type { PhaseColumns } from './phases.ts';

const DATA = phaseIndex('data');
const COMMUNICATION = phaseIndex('communication');
const VALIDATION = phaseIndex('validation');
const TRAINING = new Set([phaseIndex('backward'), phaseIndex('optimizer')]);
const SERVICE = new Set([
  phaseIndex('checkpoint'),
  phaseIndex('logging'),
  phaseIndex('validation'),
]);
const RUNTIME = categoryIndex('runtime');
const DEVICE_SYNC = categoryIndex('device-sync');
const OVERHEAD = categoryIndex('overhead');

/** Calls that block the host until the device has finished, of CUDA and HIP. */
const SYNC_CALL = /^(cuda|hip|cu)(Device|Stream|Event|Ctx)Synchronize/;
/**
 * What a profiler's own work is called (CUPTI's kinds of overhead, and rocprofiler's). A full command buffer and
 * lazy loading are no cost of the profiler: the program pays them without it.
 */
const PROFILER_WORK =
  /^(Buffer Flush|Activity Buffer Request|Instrumentation|Resource|CUPTI|Profiler)\b/i;
const COPY_CALL = /^(cuda|hip|cu)Memcpy/;

/** Disjoint stretches of one kind of host activity, each with the span that began it. */
export class Activity {
  readonly #coverage: Coverage;

  constructor(
    readonly intervals: Intervals,
    readonly spans: Int32Array<ArrayBuffer>,
  ) {
    this.#coverage = new Coverage(intervals);
  }

  within(start: number, end: number): number {
    return this.#coverage.within(start, end);
  }

  /** The span whose stretch shares most with the window; -1 is none. */
  longestWithin(start: number, end: number): SpanIndex {
    let best = -1;
    let most = 0;
    for (
      let i = Math.max(0, countUpTo(this.intervals.start, start) - 1);
      i < this.intervals.length;
      i++
    ) {
      if (this.intervals.start[i] >= end) {
        break;
      }
      const shared =
        Math.min(end, this.intervals.end[i]) - Math.max(start, this.intervals.start[i]);
      if (shared > most) {
        most = shared;
        best = this.spans[i];
      }
    }
    return best;
  }

  /** The stretch that contains `time`, its end included, as a row; -1 is none. */
  rowAt(time: number): number {
    const row = countUpTo(this.intervals.start, time) - 1;
    return row >= 0 && time <= this.intervals.end[row] ? row : -1;
  }
}

/** What the host does that can hold a device up. */
export interface HostActivity {
  /** The main lane waits for the loader; batches to validate on are part of `service`. */
  readonly data: Activity;
  /** The main lane writes checkpoints, logs or validates. */
  readonly service: Activity;
  /** A thread waits in a synchronizing call. */
  readonly sync: Activity;
  /** The main lane is in a collective. */
  readonly communication: Activity;
  /** A thread is in a copying call. */
  readonly copy: Activity;
  /** The profiler itself holds the program up. */
  readonly profiler: Activity;
  /** The main lane runs anything. */
  readonly busy: Activity;
}

/** `windows`: what the structure of the loop tells of the main lane. */
export function computeHostActivity(
  trace: Trace,
  phases: PhaseColumns,
  windows: PhaseIntervals,
  mainLane: LaneIndex,
): HostActivity {
  const { spans, strings, lanes } = trace;
  const isSync = mapInto(new Uint8Array(strings.length), strings, (name) =>
    SYNC_CALL.test(name) ? 1 : 0,
  );
  const isCopy = mapInto(new Uint8Array(strings.length), strings, (name) =>
    COPY_CALL.test(name) ? 1 : 0,
  );
  const isProfiler = mapInto(new Uint8Array(strings.length), strings, (name) =>
    PROFILER_WORK.test(name) ? 1 : 0,
  );
  const isMain = (i: SpanIndex): boolean => spans.lane[i] === mainLane;
  const isHost = mapInto(new Uint8Array(lanes.length), lanes, (lane) =>
    lane.kind === 'thread' ? 1 : 0,
  );
  const isCall = (i: SpanIndex, names: Uint8Array): boolean =>
    spans.category[i] === RUNTIME && names[spans.name[i]] === 1 && isHost[spans.lane[i]] === 1;
  const main = laneRange(trace, mainLane);
  const ofMain = (isWanted: (i: SpanIndex) => boolean): Activity =>
    collectActivity(trace, main.first, main.end, isWanted);
  const ofPhase = (wanted: number, isWanted: (i: SpanIndex) => boolean): Activity =>
    collectActivity(trace, main.first, main.end, isWanted, intervalsOfPhase(windows, wanted));
  const ofAll = (isWanted: (i: SpanIndex) => boolean): Activity =>
    collectActivity(trace, 0, spans.length, isWanted);
  const training = ofMain((i) => TRAINING.has(phases.own[i]));
  const validation = ofMain((i) => phases.own[i] === VALIDATION);
  const isToValidate = (i: SpanIndex): boolean => {
    const row = validation.rowAt(spans.start[i]);
    const { start, end } = validation.intervals;
    return row >= 0 && end[row] > spans.start[i] && training.within(start[row], end[row]) === 0;
  };
  return {
    data: ofPhase(DATA, (i) => phases.own[i] === DATA && !isToValidate(i)),
    service: ofPhase(VALIDATION, (i) => SERVICE.has(phases.own[i])),
    sync: ofAll((i) => isCall(i, isSync) && spans.category[i] !== DEVICE_SYNC),
    communication: ofMain((i) => phases.own[i] === COMMUNICATION),
    copy: ofAll((i) => isCall(i, isCopy)),
    profiler: ofAll((i) => spans.category[i] === OVERHEAD && isProfiler[spans.name[i]] === 1),
    busy: ofMain((i) => isMain(i)),
  };
}

/**
 * Spans of some rows as stretches, and the windows, which go by the first of the rows that begins in them: those
 * that overlap are one.
 */
export function collectActivity(
  { spans }: Trace,
  from: number,
  to: number,
  isWanted: (i: SpanIndex) => boolean,
  windows: Intervals = NO_INTERVALS,
): Activity {
  const inOrder = windows.length === 0 ? joinInOrder(spans, from, to, isWanted) : null;
  if (inOrder !== null) {
    return inOrder;
  }
  const starts: number[] = [];
  const ends: number[] = [];
  const rows: SpanIndex[] = [];
  const add = (start: number, end: number, span: SpanIndex): void => {
    starts.push(start);
    ends.push(end);
    rows.push(span);
  };
  for (let i = from; i < to; i++) {
    if (isWanted(i)) {
      add(spans.start[i], spans.start[i] + spans.duration[i], i);
    }
  }
  windows.start.forEach((start, row) => {
    const span = countUpTo(spans.start, start - 1, from, to);
    if (span < to) {
      add(start, windows.end[row], span);
    }
  });
  return joinStretches(starts, ends, rows);
}

/** Without a list of all spans, as those of one lane begin one after another; null where they do not. */
function joinInOrder(
  spans: Trace['spans'],
  from: number,
  to: number,
  isWanted: (i: SpanIndex) => boolean,
): Activity | null {
  const joined = new JoinedStretches();
  let latest = -Infinity;
  for (let i = from; i < to; i++) {
    if (isWanted(i)) {
      const start = spans.start[i];
      if (start < latest) {
        return null;
      }
      latest = start;
      joined.add(start, start + spans.duration[i], i);
    }
  }
  return joined.finish();
}

/** Stretches by start, those that overlap as one. */
class JoinedStretches {
  readonly #start = float64Column();
  readonly #end = float64Column();
  readonly #first = int32Column();
  #lastEnd = -Infinity;

  add(start: number, end: number, span: SpanIndex): void {
    if (start < this.#lastEnd) {
      this.#lastEnd = Math.max(this.#lastEnd, end);
      this.#end.set(this.#end.length - 1, this.#lastEnd);
    } else if (end > start) {
      this.#start.push(start);
      this.#end.push(end);
      this.#first.push(span);
      this.#lastEnd = end;
    }
  }

  /** Once; nothing is left then. */
  finish(): Activity {
    const { length } = this.#start;
    const intervals = { length, start: this.#start.take(), end: this.#end.take() };
    return new Activity(intervals, this.#first.take());
  }
}

/** By row: start, end and span of a stretch. */
function joinStretches(
  starts: readonly number[],
  ends: readonly number[],
  rows: readonly SpanIndex[],
): Activity {
  const order = ascendingOrder(starts);
  const joined = new JoinedStretches();
  for (let k = 0; k < rows.length; k++) {
    const row = order === null ? k : order[k];
    joined.add(starts[row], ends[row], rows[row]);
  }
  return joined.finish();
}
