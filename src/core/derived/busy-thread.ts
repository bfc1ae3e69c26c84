import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, Nanoseconds } from '../model/units.ts';
import {
  differenceOf,
  intersectionOf,
  type Intervals,
  lengthOf,
  IntervalsBuilder,
} from './intervals.ts';

/** Frames and calls in which a thread waits: of Python's threading, queue and socket modules, and of CUDA and HIP. */
const WAITING =
  /\b(_?wait(_for)?\w*|acquire|poll|sleep|join|recv|accept)\b|queue\.py\(\d+\): (get|put)$|selectors?\.py|<built-in method select|(Device|Stream|Event|Ctx)Synchronize/i;
const CPU_OP = categoryIndex('cpu-op');
const STEP = categoryIndex('step');
const STEP_MARK = /^ProfilerStep#\d+$/;
/** Threads that do less of the time than this are no part of the training. */
const MIN_ACTIVE = 0.01;
/** A thread that works less of some stretches than this waits in them. */
const WAITS_BELOW = 0.1;

/** What one thread of the host does. */
export interface ThreadActivity {
  readonly lane: LaneIndex;
  /** Of the stretches, 0 to 1. */
  readonly share: number;
}

/** What the host's threads do in some stretches of time. */
export interface ThreadsInStretches {
  /** The one that works most of them; null without threads. */
  readonly busiest: ThreadActivity | null;
  /** Threads that work at other times and wait in these. */
  readonly waiting: readonly LaneIndex[];
}

/** Marks of steps are no work, nor is time under spans whose names tell of waiting. */
export function observeThreads(
  trace: Trace,
  stretches: Intervals,
  windowNs: Nanoseconds,
): ThreadsInStretches {
  const kinds = trace.strings.map(kindOf);
  const total = Math.max(1, lengthOf(stretches));
  const threads = trace.lanes.flatMap((lane, index) => {
    if (lane.kind !== 'thread' || lane.count === 0) {
      return [];
    }
    const work = workOf(trace, index, kinds);
    return lengthOf(work) < MIN_ACTIVE * windowNs
      ? []
      : [{ lane: index, share: lengthOf(intersectionOf(work, stretches)) / total }];
  });
  const busiest = threads.reduce<ThreadActivity | null>(
    (most, thread) => (thread.share > (most?.share ?? -1) ? thread : most),
    null,
  );
  return {
    busiest,
    waiting: threads.filter(({ share }) => share < WAITS_BELOW).map(({ lane }) => lane),
  };
}

type Kind = 'mark' | 'wait' | 'work';

function kindOf(name: string): Kind {
  return STEP_MARK.test(name) ? 'mark' : WAITING.test(name) ? 'wait' : 'work';
}

/** The spans of a lane are in the order of their start. */
function workOf({ spans, lanes }: Trace, index: LaneIndex, kinds: readonly Kind[]): Intervals {
  const { first, count } = lanes[index];
  const work = new IntervalsBuilder();
  const waits = new IntervalsBuilder();
  for (let i = first; i < first + count; i++) {
    const kind = kinds[spans.name[i]];
    if (spans.category[i] === STEP || kind === 'mark') {
      continue;
    }
    const isWait = kind === 'wait' && spans.category[i] !== CPU_OP;
    (isWait ? waits : work).add(spans.start[i], spans.start[i] + spans.duration[i]);
  }
  return differenceOf(work.finish(), waits.finish());
}
