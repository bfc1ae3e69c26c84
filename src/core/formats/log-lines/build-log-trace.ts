import { LOG_FORMAT } from '../../model/run.ts';
import type { Trace } from '../../model/trace.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import type { LogDialect } from './log-dialect.ts';
import { type Layout, layOutSteps } from './lay-out-steps.ts';
import type { DialectStreams } from './log-collector.ts';
import type { KeptInterval, KeptStep, LogStream } from './log-stream.ts';
import { type RankLog, RankWriter } from './write-log-trace.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';

/** What told the steps: its format, and what to call it. */
export interface StepSource {
  readonly format: string;
  readonly noun: string;
}

const LOG: StepSource = { format: LOG_FORMAT, noun: 'log' };

/**
 * The steps of a log as a trace. Where several loggers tell of steps, as DeepSpeed and Megatron do side by side, the
 * one with most of them tells the steps; the numbers of the others stand beside its steps of the same number.
 */
export function buildLogTrace(
  builder: TraceBuilder,
  all: readonly DialectStreams[],
  byteLength: number,
  source: StepSource = LOG,
): Trace {
  const main = mostTelling(all);
  const ranks = main === null ? [] : ranksOf(main);
  const baseUs = baseOf(ranks.map(({ stream }) => stream));
  const logs = ranks.map((rank) => rankLogOf(rank, baseUs));
  logs.forEach((log, i) => {
    const counterRank = logs.length > 1 ? (log.rank ?? i) : null;
    new RankWriter(builder, withOthers(log, all, main), baseUs, counterRank).write();
  });
  if (main !== null) {
    builder.time.toNs({ whole: baseUs, milli: 0 });
    describeSteps(main.dialect.stepIs, logs, builder, source.noun);
  }
  const hasTime = logs.some(
    ({ layout, stepIntervals }) => !layout.isEndToEnd || stepIntervals.length > 0,
  );
  const trace = builder.finish({
    // Ranks of one job write their stamps in the same time zone, whichever it is.
    clockZeroNs: hasTime ? 0n : null,
    meta: {
      format: source.format,
      ...UNKNOWN_ORIGIN,
      rank: ranks.length === 1 ? ranks[0].rank : null,
      hasStacks: false,
    },
    showsProcess: false,
    byteLength,
  });
  return ranks.length > 1 ? withRanks(trace) : trace;
}

interface RankStream {
  readonly rank: number | null;
  readonly stream: LogStream;
}

function stepCount({ steps, intervals }: LogStream): number {
  return steps.length + intervals.filter(({ step }) => step !== null).length;
}

function mostTelling(all: readonly DialectStreams[]): DialectStreams | null {
  let best: DialectStreams | null = null;
  let most = 0;
  for (const streams of all) {
    const count = [...streams.byRank.values()].reduce((sum, stream) => sum + stepCount(stream), 0);
    if (count > most) {
      best = streams;
      most = count;
    }
  }
  return best;
}

/** Those with steps. Lines without a rank's prefix are of the first rank that has none. */
function ranksOf({ byRank }: DialectStreams): RankStream[] {
  const found = [...byRank].filter(([, stream]) => stepCount(stream) > 0);
  const taken = new Set(found.map(([rank]) => rank));
  const free = [...Array(found.length).keys()].find((rank) => !taken.has(rank)) ?? null;
  return found
    .map(([rank, stream]) => ({
      rank: rank >= 0 ? rank : found.length === 1 ? null : free,
      stream,
    }))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
}

/** The first moment of all, microseconds; 0 where there is none. */
function baseOf(streams: readonly LogStream[]): number {
  let base = Infinity;
  for (const { steps, intervals, start } of streams) {
    for (const { endUs } of start === null ? steps : [start, ...steps]) {
      base = Math.min(base, endUs ?? Infinity);
    }
    for (const { startUs } of intervals) {
      base = Math.min(base, startUs);
    }
  }
  return base === Infinity ? 0 : Math.floor(base);
}

function rankLogOf({ rank, stream }: RankStream, baseUs: number): RankLog {
  const { stepIntervals, otherIntervals } = splitIntervals(stream.intervals);
  return {
    rank,
    stream,
    steps: stream.steps,
    layout: layOutSteps(stream.steps, baseUs, stream.start),
    stepIntervals,
    otherIntervals,
  };
}

/** Where steps lie in others, as epochs in blocks, the more numerous are the steps. */
function splitIntervals(
  intervals: readonly KeptInterval[],
): Pick<RankLog, 'stepIntervals' | 'otherIntervals'> {
  const counts = new Map<string, number>();
  for (const { name, step } of intervals) {
    if (step !== null) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const [name] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
  const isStep = (interval: KeptInterval): boolean =>
    interval.step !== null && interval.name === name;
  return {
    stepIntervals: intervals.filter(isStep),
    otherIntervals: intervals.filter((interval) => !isStep(interval)),
  };
}

/** The steps with the numbers that other loggers told of them. */
function withOthers(
  log: RankLog,
  all: readonly DialectStreams[],
  main: DialectStreams | null,
): RankLog {
  const numbers = new Map<number, KeptStep['numbers']>();
  for (const { byRank } of all.filter((streams) => streams !== main)) {
    const stream = byRank.get(log.rank ?? -1) ?? byRank.get(-1);
    for (const step of stream?.steps ?? []) {
      numbers.set(step.number, [...(numbers.get(step.number) ?? []), ...step.numbers]);
    }
  }
  return numbers.size === 0
    ? log
    : {
        ...log,
        steps: log.steps.map((step) => ({
          ...step,
          numbers: [...step.numbers, ...(numbers.get(step.number) ?? [])],
        })),
      };
}

/** Says once how the steps came to be where they are. */
function describeSteps(
  stepIs: LogDialect['stepIs'],
  logs: readonly RankLog[],
  builder: TraceBuilder,
  noun: string,
): void {
  const layouts = logs.map(({ layout }) => layout).filter(({ steps }) => steps.length > 0);
  const say = (reason: string): void => builder.log.remark(reason);
  if (stepIs !== undefined) {
    say(`A step of this ${noun} is ${stepIs}.`);
  } else if (layouts.some(({ isEndToEnd }) => isEndToEnd)) {
    say(`This ${noun} tells how long steps take and not when: they are laid end to end.`);
  } else if (layouts.some(({ isByStamps }) => isByStamps)) {
    say(
      `This ${noun} tells when steps end and not how long they take: each takes the time since the line before it.`,
    );
  }
  const interval = Math.max(1, ...layouts.map(intervalOf(logs)));
  if (interval > 1) {
    say(
      `This ${noun} has a line every ${interval} steps: each is shown as one step of their mean time, so single slow steps cannot be seen.`,
    );
  }
}

/** Steps that a line is the mean of. */
function intervalOf(logs: readonly RankLog[]): (layout: Layout) => number {
  const isMean = logs.some(({ steps }) => steps.some((step) => step.isMean));
  return ({ interval }) => (isMean ? interval : 1);
}

/** Says of each lane whose it is. */
function withRanks(trace: Trace): Trace {
  return {
    ...trace,
    lanes: trace.lanes.map((lane) => ({ ...lane, rank: Number(lane.processId) })),
  };
}
