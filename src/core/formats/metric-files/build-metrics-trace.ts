import { METRICS_FORMAT } from '../../model/run.ts';
import type { Trace } from '../../model/trace.ts';
import { buildLogTrace } from '../log-lines/build-log-trace.ts';
import type { LogDialect } from '../log-lines/log-dialect.ts';
import { LogStream } from '../log-lines/log-stream.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { metricSteps } from './metric-steps.ts';
import type { Metrics } from '../../model/metrics.ts';

const MAX_PROBLEMS = 100;

/** Values of steps without times are drawn this far apart, nanoseconds. */
const STEP_WITHOUT_TIME_NS = 1e9;

/** Only asked what a step is. */
const DIALECT: LogDialect = {
  id: METRICS_FORMAT,
  hint: '',
  isOfJob: false,
  isClosed: true,
  read: () => null,
};

/** Metrics that are opened by themselves: steps, where they tell how long these take, and counters. */
export function buildMetricsTrace(metrics: Metrics): Trace {
  const builder = new TraceBuilder();
  const byRank = streamsOf(metrics, builder);
  const hasSteps = [...byRank.values()].some(({ steps }) => steps.length > 0);
  const trace = hasSteps
    ? buildLogTrace(builder, [{ dialect: DIALECT, byRank }], metrics.byteLength, {
        format: METRICS_FORMAT,
        noun: 'file',
      })
    : countersOnly(metrics, builder);
  return {
    ...trace,
    counts: { ...metrics.counts, clipped: trace.counts.clipped },
    problems: [...trace.problems, ...metrics.problems].slice(0, MAX_PROBLEMS),
  };
}

function streamsOf(metrics: Metrics, builder: TraceBuilder): ReadonlyMap<number, LogStream> {
  const byRank = new Map<number, LogStream>();
  for (const { rank, steps, numbers, unitNote } of metricSteps(metrics)) {
    const stream = new LogStream(builder.log);
    stream.steps.push(...steps);
    stream.numbers.push(...numbers);
    byRank.set(rank ?? -1, stream);
    if (unitNote !== null) {
      builder.log.remark(unitNote);
    }
  }
  return byRank;
}

function countersOnly(metrics: Metrics, builder: TraceBuilder): Trace {
  const { time, step, of, value, series, clock } = metrics;
  const names = series.map(({ name }) => builder.strings.internText(name));
  const firstUs = time.reduce((first, us) => (us < first ? us : first), Infinity);
  const hasTimes = firstUs !== Infinity;
  const baseUs = hasTimes ? Math.floor(firstUs) : 0;
  builder.time.toNs({ whole: baseUs, milli: 0 });
  for (let i = 0; i < value.length; i++) {
    const ns = hasTimes ? Math.round((time[i] - baseUs) * 1e3) : STEP_WITHOUT_TIME_NS * step[i];
    builder.counters.push(Number.isNaN(ns) ? 0 : ns, names[of[i]], value[i], series[of[i]].rank);
  }
  if (!hasTimes && value.length > 0) {
    const reason = step.some((number) => !Number.isNaN(number))
      ? 'This file tells steps and no times: steps are drawn one second apart.'
      : 'This file tells no times: it is one moment, of which nobody knows when it was.';
    builder.log.remark(reason);
  }
  return builder.finish({
    clockZeroNs: hasTimes && clock !== 'start' ? 0n : null,
    meta: { format: METRICS_FORMAT, ...UNKNOWN_ORIGIN, hasStacks: false },
    showsProcess: false,
    byteLength: metrics.byteLength,
  });
}
