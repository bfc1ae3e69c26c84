import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import type { DeviceWork } from './device-work.ts';
import {
  countUpTo,
  intersectionOf,
  type Intervals,
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
  return { streams, together, turns: listTurns(trace, order, partner) };
}

function unite({ spans }: Trace, rows: readonly SpanIndex[]): Intervals {
  const starts = Float64Array.from(rows, (i) => spans.start[i]);
  return uniteIntervals(
    starts,
    Float64Array.from(rows, (i, k) => starts[k] + spans.duration[i]),
  );
}

function listTurns(trace: Trace, order: ArrayLike<SpanIndex>, partner: Int32Array): Turn[] {
  const { spans } = trace;
  const dependencies = dependencyTimes(trace);
  const turns: Turn[] = [];
  let last: SpanIndex = -1;
  for (let k = 0; k < order.length; k++) {
    const span = order[k];
    const until = last < 0 ? Infinity : spans.start[last] + spans.duration[last];
    if (last >= 0 && spans.lane[span] !== spans.lane[last] && spans.start[span] >= until) {
      turns.push({ span, isForced: isForced(trace, partner[last], partner[span], dependencies) });
    }
    if (last < 0 || spans.start[span] + spans.duration[span] > until) {
      last = span;
    }
  }
  return turns;
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
  const isDependency = Uint8Array.from(strings, (name) => (DEPENDENCY.test(name) ? 1 : 0));
  const times: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (isDependency[spans.name[i]] === 1) {
      times.push(spans.start[i]);
    }
  }
  return Float64Array.from(times).sort();
}
