import type { Metrics } from '../model/metrics.ts';
import { METRICS_FORMAT, type MetricsBeside, type RankTrace, type Run } from '../model/run.ts';
import type { Counters, Trace } from '../model/trace.ts';
import { placeMetrics, type TraceWindow } from './place-metrics.ts';
import { spillTrace } from './spill-trace.ts';

export interface ReadMetricsFile {
  readonly file: string;
  /** As its name tells; null where it does not. */
  readonly rank: number | null;
  readonly metrics: Metrics;
}

/** A value that none follows stands no longer than this: the monitor ended. */
const MAX_AGE_NS = 60e9;

/** Values on the way into a trace. */
interface Values {
  readonly time: number[];
  readonly series: number[];
  readonly value: number[];
}

/**
 * The run with the metrics that lie beside it as counters of its ranks: of the rank that a series names, else of that of
 * the file's name, else of the first. Of each series the values within the recording, and the last one before it, which
 * stands when it begins.
 */
export function addMetrics(run: Run, files: readonly ReadMetricsFile[]): Run {
  const isOfMetrics = run.ranks.every(({ trace }) => trace.meta.format === METRICS_FORMAT);
  if (files.length === 0 || run.ranks.length === 0) {
    return run;
  }
  const shown = files.map(() => ({
    values: 0,
    placement: null as Shown['placement'],
    zoneMinutes: 0,
  }));
  const ranks = run.ranks.map((rank, row) =>
    addToRank(rank, row === 0, files, (file, added, placement) => {
      shown[file] = { ...placement, values: shown[file].values + added };
    }),
  );
  const beside = files.map(({ file, metrics }, i): MetricsBeside => ({
    file,
    title: metrics.title,
    series: metrics.series.length,
    values: metrics.length,
    shown: shown[i].values,
    placement: shown[i].placement,
    zoneMinutes: shown[i].zoneMinutes,
    dropped: metrics.counts.dropped,
  }));
  // Of metrics that are opened by themselves, others are no matter unless they are of the same time.
  const told = beside.filter(({ shown: count }) => !isOfMetrics || count > 0);
  return { ...run, ranks, metrics: told };
}

type Shown = Pick<MetricsBeside, 'placement' | 'zoneMinutes'>;

function addToRank(
  rank: RankTrace,
  isFirst: boolean,
  files: readonly ReadMetricsFile[],
  tell: (file: number, added: number, placement: Shown) => void,
): RankTrace {
  const { trace } = rank;
  const strings = [...trace.strings];
  const rows = new Map(strings.map((text, row) => [text, row]));
  const rowOf = (text: string): number => {
    const row = rows.get(text) ?? strings.push(text) - 1;
    rows.set(text, row);
    return row;
  };
  const values: Values = { time: [], series: [], value: [] };
  const window = windowOf(trace);
  files.forEach((file, i) => {
    const own = ownSeries(file, rank.rank, isFirst);
    if (own.size === 0) {
      return;
    }
    const placement = placeMetrics(file.metrics, trace, window);
    const before = values.value.length;
    if (placement !== null) {
      const names = new Map([...own].map((row) => [row, rowOf(file.metrics.series[row].name)]));
      addValues(file.metrics, { names, timeOf: (row) => placement.timeOf(row), window }, values);
    }
    tell(i, values.value.length - before, {
      placement: placement?.how ?? null,
      zoneMinutes: placement?.zoneMinutes ?? 0,
    });
  });
  return values.value.length === 0
    ? rank
    : { ...rank, trace: withCounters(trace, strings, values) };
}

/** The series of a file that are of this rank. */
function ownSeries(
  { rank: ofFile, metrics }: ReadMetricsFile,
  rank: number,
  isFirst: boolean,
): ReadonlySet<number> {
  const rows = metrics.series.flatMap((series, row) => {
    const owner = series.rank ?? ofFile;
    return (owner === null ? isFirst : owner === rank) ? [row] : [];
  });
  return new Set(rows);
}

function addValues(
  { of, value }: Metrics,
  {
    names,
    timeOf,
    window,
  }: {
    readonly names: ReadonlyMap<number, number>;
    readonly timeOf: (row: number) => number;
    readonly window: TraceWindow;
  },
  into: Values,
): void {
  /** By series: the row of the last value before the recording. */
  const standing = new Map<number, number>();
  /** Series that have values after the beginning, too: what they had before it stood until then. */
  const lasting = new Set<number>();
  const timeOfStanding = (series: number): number => {
    const row = standing.get(series);
    return row === undefined ? -Infinity : timeOf(row);
  };
  const push = (series: number, time: number, row: number): void => {
    into.time.push(time);
    into.series.push(series);
    into.value.push(value[row]);
  };
  for (let row = 0; row < value.length; row++) {
    const series = names.get(of[row]);
    if (series === undefined) {
      continue;
    }
    const time = timeOf(row);
    if (time >= window.startNs) {
      lasting.add(series);
    }
    if (time >= window.startNs && time <= window.endNs) {
      push(series, time, row);
    } else if (time < window.startNs && time >= timeOfStanding(series)) {
      standing.set(series, row);
    }
  }
  for (const [series, row] of standing) {
    if (lasting.has(series) || timeOf(row) >= window.startNs - MAX_AGE_NS) {
      push(series, window.startNs, row);
    }
  }
}

function windowOf({ spans, counters }: Trace): TraceWindow {
  let startNs = Infinity;
  let endNs = -Infinity;
  for (let i = 0; i < spans.length; i++) {
    startNs = Math.min(startNs, spans.start[i]);
    endNs = Math.max(endNs, spans.start[i] + spans.duration[i]);
  }
  for (let i = 0; spans.length === 0 && i < counters.length; i++) {
    startNs = Math.min(startNs, counters.time[i]);
    endNs = Math.max(endNs, counters.time[i]);
  }
  return { startNs, endNs };
}

function withCounters(trace: Trace, strings: readonly string[], values: Values): Trace {
  const { counters, spillable } = trace;
  const joined: Counters = {
    length: counters.length + values.value.length,
    time: joinColumn(counters.time, values.time, (n) => new Float64Array(n)),
    series: joinColumn(counters.series, values.series, (n) => new Uint32Array(n)),
    value: joinColumn(counters.value, values.value, (n) => new Float64Array(n)),
  };
  const { meta, lanes, spans, collectives, flows, instants, counts, problems, byteLength } = trace;
  const whole: Trace = {
    ...{ meta, strings, lanes, spans, collectives, flows, instants, counts, problems, byteLength },
    counters: joined,
  };
  return spillable === undefined ? whole : spillTrace(whole, spillable.discard());
}

function joinColumn<A extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  first: A,
  second: readonly number[],
  create: (length: number) => A,
): A {
  const column = create(first.length + second.length);
  column.set(first);
  column.set(second, first.length);
  return column;
}
