import { mapInto } from '../../base/map-into.ts';
import { categoryIndex } from '../model/span-category.ts';
import { UNSAMPLED_STEP } from '../model/step-names.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex } from '../model/units.ts';
import type { Intervals } from './intervals.ts';
import type { LoopStructure } from './loop-structure.ts';
import { findPeriodicSteps } from './periodic-steps.ts';
import { followDevice } from './run-ahead.ts';
import { median, medianAbsoluteDeviation } from './statistics.ts';

const STEP = categoryIndex('step');
const OVERHEAD = categoryIndex('overhead');

/** The first step warms caches and the allocator: dropped where enough others remain. */
const MIN_STEPS_TO_DROP_FIRST = 4;
/** Leading steps longer by more than this many median absolute deviations are warm-up. */
const WARMUP_DEVIATIONS = 3;
/** A leading step is warm-up only if it is longer by this share of the median as well. */
const WARMUP_SHARE = 0.2;
/** Warm-up is over after so many steps, or this share of them: slow steps from there on are what is looked for. */
const MAX_WARMUP_STEPS = 5;
const MAX_WARMUP_SHARE = 0.1;
/** Of few steps, at most this share is warm-up. */
const MAX_SHARE_OF_FEW = 0.5;

interface Step {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Recorded steps, else the profiler's of the host, else the period of the loop, else the whole file as one. */
export function computeSteps(
  trace: Trace,
  mainLane: LaneIndex,
  partner: Int32Array,
  loop: LoopStructure,
): Steps {
  if (trace.meta.flightRecord !== undefined) {
    return toTable([], 'whole');
  }
  const recorded = recordedSteps(trace);
  if (recorded.length > 0) {
    return followed(recorded, trace, partner, 'recorded');
  }
  const profiler = profilerSteps(trace);
  if (profiler.length > 0) {
    return followed(profiler, trace, partner, 'profiler');
  }
  const periods = numbered(findPeriodicSteps(trace, mainLane, loop));
  return periods.length > 0
    ? followed(periods, trace, partner, 'period')
    : toTable(wholeFile(trace), 'whole');
}

function recordedSteps(trace: Trace): Step[] {
  const steps = stepRecords(trace);
  return steps.length > 0 ? steps : boundedByNumber(trace);
}

/** Of a run whose every n-th step has spans, those: of the others nothing but the time is known. */
function stepRecords({ spans, strings }: Trace): Step[] {
  const unsampled = strings.indexOf(UNSAMPLED_STEP);
  const steps: Step[] = [];
  for (let i = 0; i < spans.length; i++) {
    if (spans.category[i] === STEP && spans.name[i] !== unsampled) {
      const number = (spans.step?.[i] ?? 0) - 1;
      const start = spans.start[i];
      steps.push({
        number: number < 0 ? steps.length : number,
        start,
        end: start + spans.duration[i],
      });
    }
  }
  return steps;
}

/** Steps of which nothing but the time was recorded. */
export function countStepsWithoutSpans({ spans, strings }: Trace): number {
  const unsampled = strings.indexOf(UNSAMPLED_STEP);
  let count = 0;
  for (let i = 0; unsampled >= 0 && i < spans.length; i++) {
    count += Number(spans.category[i] === STEP && spans.name[i] === unsampled);
  }
  return count;
}

function boundedByNumber({ spans }: Trace): Step[] {
  const bounds = new Map<number, { start: number; end: number }>();
  for (let i = 0; i < spans.length; i++) {
    const number = (spans.step?.[i] ?? 0) - 1;
    if (number >= 0 && spans.category[i] !== STEP) {
      const bound = bounds.get(number);
      bounds.set(number, {
        start: Math.min(bound?.start ?? Infinity, spans.start[i]),
        end: Math.max(bound?.end ?? -Infinity, spans.start[i] + spans.duration[i]),
      });
    }
  }
  return [...bounds].map(([number, { start, end }]) => ({ number, start, end }));
}

/** The profiler repeats each step on the device's timeline; only the host's are steps. */
function profilerSteps(trace: Trace): Step[] {
  const { spans, strings, lanes } = trace;
  const numbers = mapInto(new Int32Array(strings.length), strings, (name) => {
    const digits = /^ProfilerStep#(\d{1,9})$/.exec(name)?.[1];
    return digits === undefined ? -1 : Number(digits);
  });
  const byNumber = new Map<number, Step>();
  for (let i = 0; i < spans.length; i++) {
    const number = numbers[spans.name[i]];
    const kind = lanes[spans.lane[i]]?.kind;
    if (
      number >= 0 &&
      kind !== 'device-annotations' &&
      kind !== 'stream' &&
      !byNumber.has(number)
    ) {
      const start = spans.start[i];
      byNumber.set(number, { number, start, end: start + spans.duration[i] });
    }
  }
  return [...byNumber.values()];
}

function wholeFile({ spans }: Trace): Step[] {
  let start = Infinity;
  let end = -Infinity;
  for (let i = 0; i < spans.length; i++) {
    if (spans.category[i] !== OVERHEAD) {
      start = Math.min(start, spans.start[i]);
      end = Math.max(end, spans.start[i] + spans.duration[i]);
    }
  }
  return end > start ? [{ number: 0, start, end }] : [];
}

function followed(
  ofHost: readonly Step[],
  trace: Trace,
  partner: Int32Array,
  how: Steps['how'],
): Steps {
  const { steps, isAhead } = followDevice(inOrder(ofHost), trace, partner);
  return { ...toTable(steps, how), followDevice: isAhead };
}

function toTable(unordered: readonly Step[], how: Steps['how']): Steps {
  const steps = inOrder(unordered);
  const start = mapInto(new Float64Array(steps.length), steps, (step) => step.start);
  const end = mapInto(new Float64Array(steps.length), steps, (step, i) =>
    Math.min(step.end, start[i + 1] ?? Infinity),
  );
  const warmup = warmupCount(
    mapInto(new Float64Array(end.length), end, (value, i) => value - start[i]),
  );
  return {
    length: steps.length,
    number: mapInto(new Int32Array(steps.length), steps, (step) => step.number),
    start,
    end,
    isWarmup: mapInto(new Uint8Array(steps.length), steps, (_, i) => (i < warmup ? 1 : 0)),
    how,
  };
}

function numbered({ length, start, end }: Intervals): Step[] {
  return Array.from({ length }, (_, number) => ({
    number,
    start: start[number],
    end: end[number],
  }));
}

function inOrder(steps: readonly Step[]): Step[] {
  return steps.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
}

function warmupCount(durations: Float64Array): number {
  if (durations.length < MIN_STEPS_TO_DROP_FIRST) {
    return 0;
  }
  const typical = median(durations);
  const limit = Math.max(
    WARMUP_DEVIATIONS * medianAbsoluteDeviation(durations),
    WARMUP_SHARE * typical,
  );
  let count = 1;
  const most = Math.floor(
    Math.min(
      durations.length * MAX_SHARE_OF_FEW,
      Math.max(MAX_WARMUP_STEPS, durations.length * MAX_WARMUP_SHARE),
    ),
  );
  while (count < most && durations[count] - typical > limit) {
    count++;
  }
  return count;
}
