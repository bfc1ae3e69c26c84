import type { Metrics } from '../model/metrics.ts';
import { METRICS_FORMAT, LOG_FORMAT, type MetricsBeside } from '../model/run.ts';
import type { Trace } from '../model/trace.ts';

/** How the values of a file get the times of a trace. */
export interface Placement {
  readonly how: NonNullable<MetricsBeside['placement']>;
  readonly zoneMinutes: number;
  /** Nanoseconds since the trace's origin; NaN where that is unknown. */
  timeOf(row: number): number;
}

/** From the first to the last moment of a trace, nanoseconds since its origin. */
export interface TraceWindow {
  readonly startNs: number;
  readonly endNs: number;
}

/** Offsets of time zones from UTC. */
const MIN_ZONE = -12 * 60;
const MAX_ZONE = 14 * 60;
/** Nearly all are whole hours. */
const ZONE_STEP = 60;

/** A recording is part of a training that is measured for longer; nothing nearer than this tells. */
const NEAR_US = 60e6;

/** Null where nothing tells when the values were in the time of the trace. */
export function placeMetrics(
  metrics: Metrics,
  trace: Trace,
  window: TraceWindow,
): Placement | null {
  const isOfMetrics = trace.meta.format === METRICS_FORMAT;
  return (
    byClock(metrics, trace, window) ??
    (isOfMetrics ? null : (bySteps(metrics, trace) ?? byMoment(metrics, window)))
  );
}

function byClock(metrics: Metrics, trace: Trace, window: TraceWindow): Placement | null {
  const { originNs, format } = trace.meta;
  const [firstUs, lastUs] = boundsOf(metrics.time);
  if (originNs === null || metrics.clock === 'start' || firstUs > lastUs) {
    return null;
  }
  const originUs = Number(originNs / 1000n);
  const restNs = Number(originNs % 1000n);
  const place = (how: Placement['how'], zoneMinutes: number): Placement => ({
    how,
    zoneMinutes,
    timeOf: (row) => Math.round((metrics.time[row] - zoneMinutes * 6e7 - originUs) * 1e3) - restNs,
  });
  // Logs have the time of the wall as well, and no zone.
  const isSameWall = metrics.clock === 'wall' && format === LOG_FORMAT;
  if (metrics.clock === 'unix' || isSameWall) {
    return place('clock', 0);
  }
  const startUs = originUs + window.startNs / 1e3;
  const endUs = originUs + window.endNs / 1e3;
  const zones: number[] = [];
  for (let zone = MIN_ZONE; zone <= MAX_ZONE; zone += ZONE_STEP) {
    const isNear =
      firstUs - zone * 6e7 <= endUs + NEAR_US && lastUs - zone * 6e7 >= startUs - NEAR_US;
    if (isNear) {
      zones.push(zone);
    }
  }
  return zones.length === 1 ? place('zone', zones[0]) : null;
}

function bySteps({ step, clock, time }: Metrics, trace: Trace): Placement | null {
  const isTimed = clock !== 'start' && time.some((us) => !Number.isNaN(us));
  const starts = isTimed ? new Map<number, number>() : stepStarts(trace);
  return step.some((number) => starts.has(number))
    ? { how: 'steps', zoneMinutes: 0, timeOf: (row) => starts.get(step[row]) ?? NaN }
    : null;
}

/** One scrape without times: its values stand from the beginning on. */
function byMoment({ step, time }: Metrics, { startNs }: TraceWindow): Placement | null {
  const isTimeless = [step, time].every((column) => column.every((value) => Number.isNaN(value)));
  return isTimeless ? { how: 'moment', zoneMinutes: 0, timeOf: () => startNs } : null;
}

function boundsOf(time: Float64Array): readonly [number, number] {
  let first = Infinity;
  let last = -Infinity;
  for (const us of time) {
    first = us < first ? us : first;
    last = us > last ? us : last;
  }
  return [first, last];
}

/** When steps begin on the host, as spans of the step or of the profiler say. */
function stepStarts({ spans, strings, lanes }: Trace): ReadonlyMap<number, number> {
  const numbers = strings.map((name) => {
    const digits = /^ProfilerStep#(\d{1,9})$/.exec(name)?.[1];
    return digits === undefined ? -1 : Number(digits);
  });
  const starts = new Map<number, number>();
  for (let i = 0; i < spans.length; i++) {
    const recorded = (spans.step?.[i] ?? 0) - 1;
    const number = recorded >= 0 ? recorded : numbers[spans.name[i]];
    const kind = lanes[spans.lane[i]].kind;
    const isOfHost = kind !== 'device-annotations' && kind !== 'stream';
    if (number >= 0 && isOfHost) {
      starts.set(number, Math.min(starts.get(number) ?? Infinity, spans.start[i]));
    }
  }
  return starts;
}
