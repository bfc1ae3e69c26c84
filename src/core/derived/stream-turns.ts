import { mapInto } from '../../base/map-into.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import {
  countUpTo,
  intersectionOf,
  type Intervals,
  lengthOf,
  NO_INTERVALS,
  unionOf,
  uniteIntervals,
} from './intervals.ts';

const COMMUNICATION_CLASS = 2;
/** Calls by which one stream waits for another, or the host for a stream. */
const DEPENDENCY = /^(cuda|hip|cu)(StreamWaitEvent|(Device|Stream|Event|Ctx)Synchronize)/;

/** One stream's work, communication left out. Times are the trace's. */
export interface StreamWork {
  readonly lane: LaneIndex;
  readonly busy: Intervals;
}

/** How the streams of a device lie to each other. */
export interface StreamTurns {
  readonly streams: readonly StreamWork[];
  /** Time in which two or more of them work. */
  readonly together: Intervals;
  /** Work of another stream than the one before it that begins when that has ended, in time order. */
  readonly turns: readonly Turn[];
  /** Of each two runs between which a turn is forced, the shorter one: it could lie beside the other. */
  readonly hideable: Intervals;
}

/** Work of one stream until another one goes on. */
interface Run {
  readonly spans: SpanIndex[];
  readonly isForced: boolean;
}

export interface Turn {
  /** The work that begins. */
  readonly span: SpanIndex;
  /** Between the two launches the host made a stream wait, or waited itself. */
  readonly isForced: boolean;
}

export function computeStreamTurns(
  trace: Trace,
  work: DeviceWork,
  partner: Int32Array,
): StreamTurns {
  const byLane = new Map<LaneIndex, SpanIndex[]>();
  const order = work.order.filter((span) => work.classes[span] !== COMMUNICATION_CLASS);
  for (const span of order) {
    const lane = trace.spans.lane[span];
    const spans = byLane.get(lane) ?? [];
    spans.push(span);
    byLane.set(lane, spans);
  }
  const streams = [...byLane].map(([lane, spans]) => ({ lane, busy: unite(trace, spans) }));
  let any = NO_INTERVALS;
  let together = NO_INTERVALS;
  for (const { busy } of streams) {
    together = unionOf(together, intersectionOf(any, busy));
    any = unionOf(any, busy);
  }
  const runs = listRuns(trace, order, partner);
  return {
    streams,
    together,
    turns: runs.slice(1).map(({ spans: [span], isForced }) => ({ span, isForced })),
    hideable: hideableOf(trace, runs),
  };
}

function unite({ spans }: Trace, rows: readonly SpanIndex[]): Intervals {
  const starts = mapInto(new Float64Array(rows.length), rows, (i) => spans.start[i]);
  return uniteIntervals(
    starts,
    mapInto(new Float64Array(rows.length), rows, (i, k) => starts[k] + spans.duration[i]),
  );
}

/** A run ends where work begins on another stream after all before it has ended. */
function listRuns(trace: Trace, order: ArrayLike<SpanIndex>, partner: Int32Array): Run[] {
  const { spans } = trace;
  const dependencies = dependencyTimes(trace);
  const runs: Run[] = [];
  let last: SpanIndex = -1;
  let until = -Infinity;
  for (let k = 0; k < order.length; k++) {
    const span = order[k];
    const isTurn =
      last < 0 || (spans.lane[span] !== spans.lane[last] && spans.start[span] >= until);
    if (isTurn) {
      const forced = last >= 0 && isForced(trace, partner[last], partner[span], dependencies);
      runs.push({ spans: [span], isForced: forced });
    } else {
      runs[runs.length - 1].spans.push(span);
    }
    const end = spans.start[span] + spans.duration[span];
    if (end > until) {
      until = end;
      last = span;
    }
  }
  return runs;
}

/** Each run lies beside one other at most: pairs from the first on. */
function hideableOf(trace: Trace, runs: readonly Run[]): Intervals {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 1; i < runs.length; i++) {
    if (runs[i].isForced) {
      const busy = unite(trace, runs[i].spans);
      const before = unite(trace, runs[i - 1].spans);
      const shorter = lengthOf(busy) < lengthOf(before) ? busy : before;
      for (let k = 0; k < shorter.length; k++) {
        starts.push(shorter.start[k]);
        ends.push(shorter.end[k]);
      }
      i++;
    }
  }
  return uniteIntervals(starts, ends);
}

function isForced(
  { spans }: Trace,
  before: SpanIndex,
  after: SpanIndex,
  dependencies: ArrayLike<number>,
): boolean {
  return (
    before >= 0 &&
    after >= 0 &&
    countUpTo(dependencies, spans.start[after]) > countUpTo(dependencies, spans.start[before])
  );
}

/** When the calls begin, ascending. */
function dependencyTimes({ spans, strings }: Trace): Float64Array<ArrayBuffer> {
  const isDependency = mapInto(new Uint8Array(strings.length), strings, (name) =>
    DEPENDENCY.test(name) ? 1 : 0,
  );
  const times: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (isDependency[spans.name[i]] === 1) {
      times.push(spans.start[i]);
    }
  }
  return Float64Array.from(times).sort();
}
