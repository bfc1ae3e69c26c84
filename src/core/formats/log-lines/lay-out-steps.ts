/** A step as its line tells it; what it does not tell is null. */
export interface ToldStep {
  readonly number: number;
  readonly durationMs: number | null;
  readonly totalMs: number | null;
  /** When its line was written, at the end of the step: microseconds of the clock. */
  readonly endUs: number | null;
}

/** Nanoseconds from the base; the duration is null where nothing tells it. */
export interface PlacedStep {
  readonly end: number;
  readonly duration: number | null;
}

export interface Layout {
  /** By told step. */
  readonly steps: readonly PlacedStep[];
  /** Whether no line has a time stamp, so that steps follow each other without a gap. */
  readonly isEndToEnd: boolean;
  /** Whether the time from one line to the next tells the durations. */
  readonly isByStamps: boolean;
  /** Steps from one line to the next, as most often. */
  readonly interval: number;
}

/** When training began, after the step of this number. */
export interface Start {
  readonly number: number;
  readonly endUs: number | null;
}

/** Beyond, times are not exact, and not of this run. */
const MAX_DISTANCE_NS = 2 ** 52;

/**
 * When each step is, from the moment `baseUs` of the clock. A step ends when its line was written, but never begins before
 * the end of the one before it: stamps may be whole seconds. Durations stay as they are told.
 */
export function layOutSteps(
  told: readonly ToldStep[],
  baseUs: number,
  start: Start | null,
): Layout {
  const durations = durationsOf(told, start);
  const ends = told.map(({ endUs }) => nsFrom(baseUs, endUs));
  const firstStamp = ends.findIndex((end) => end !== null);
  let cursor = 0;
  if (firstStamp >= 0) {
    const before = durations.slice(0, firstStamp + 1);
    cursor = (ends[firstStamp] ?? 0) - before.reduce((sum: number, ns) => sum + (ns ?? 0), 0);
  }
  const steps = durations.map((duration, i): PlacedStep => {
    const end = Math.max(cursor + (duration ?? 0), ends[i] ?? -Infinity);
    cursor = end;
    return { end, duration };
  });
  return {
    steps,
    isEndToEnd: firstStamp < 0,
    isByStamps: told.every(({ durationMs, totalMs }) => durationMs === null && totalMs === null),
    interval: intervalOf(told),
  };
}

function nsFrom(baseUs: number, us: number | null): number | null {
  const ns = us === null ? Infinity : Math.round((us - baseUs) * 1e3);
  return Math.abs(ns) < MAX_DISTANCE_NS ? ns : null;
}

/** Told, else from one line to the next; nanoseconds. */
function durationsOf(told: readonly ToldStep[], start: Start | null): (number | null)[] {
  return told.map((step, i) => {
    const previous = i === 0 ? null : told[i - 1];
    const ms = step.durationMs ?? timeSince(step, previous, start);
    return ms !== null && ms > 0 ? Math.round(ms * 1e6) : null;
  });
}

/** Milliseconds; null where a step is not after the one before, as where training began anew. */
function timeSince(step: ToldStep, previous: ToldStep | null, start: Start | null): number | null {
  if (step.totalMs !== null) {
    return perStep(step, previous, step.totalMs - (previous?.totalMs ?? NaN));
  }
  const since = previous ?? start;
  return perStep(step, since, ((step.endUs ?? NaN) - (since?.endUs ?? NaN)) / 1e3);
}

function perStep(
  { number }: ToldStep,
  since: { readonly number: number } | null,
  ms: number,
): number | null {
  const steps = number - (since?.number ?? number);
  return steps > 0 && Number.isFinite(ms) ? ms / steps : null;
}

function intervalOf(told: readonly ToldStep[]): number {
  const counts = new Map<number, number>();
  let best = 1;
  for (let i = 1; i < told.length; i++) {
    const interval = told[i].number - told[i - 1].number;
    const count = (counts.get(interval) ?? 0) + 1;
    counts.set(interval, count);
    best = interval > 0 && count > (counts.get(best) ?? 0) ? interval : best;
  }
  return best;
}
