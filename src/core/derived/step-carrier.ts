import { PHASES, type Phase } from '../model/phase.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Nesting, PhaseIntervals, Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';
import { countUpTo } from './intervals.ts';
import { laneRange } from './lane-range.ts';
import { median } from './statistics.ts';

/** A phase carries what slow steps take beyond typical ones if it holds at least half of that. */
const PHASE_SHARE = 0.5;
/** A span is named as the cause only if it explains this share (DETECTORS.md, straggler) of that, or of what its phase holds. */
const SPAN_SHARE = 0.8;
const STEP = categoryIndex('step');
const STEP_MARK = /^ProfilerStep#\d+$/;

/** What makes slow steps slow, on the thread of the training loop. */
export interface StepCarrier {
  readonly phase: Phase | null;
  /** An example, the longest one, of the innermost spans of one name that do; -1 where none does. */
  readonly span: SpanIndex;
}

export interface CarrierSources {
  readonly hostPhases: PhaseIntervals;
  readonly steps: Steps;
  readonly nesting: Nesting;
  readonly mainLane: LaneIndex;
}

/** `slow` and `typical` are rows of steps; `excessNs` is what the slow ones take beyond typical ones, in all. */
export function findCarrier(
  trace: Trace,
  sources: CarrierSources,
  slow: readonly number[],
  typical: readonly number[],
  excessNs: number,
): StepCarrier {
  const { phase, heldNs } = carryingPhase(sources, slow, typical, excessNs);
  return { phase, span: carryingSpan(trace, sources, slow, typical, Math.min(excessNs, heldNs)) };
}

/** A sentence for people. */
export function describeCarrier({ spans, strings }: Trace, { phase, span }: StepCarrier): string {
  const name = span < 0 ? '' : strings[spans.name[span]];
  if (phase === null && name === '') {
    return 'No single phase of the main thread carries it.';
  }
  const where = phase === null ? name : `the phase ${phase}`;
  return `Most of it is in ${where}${phase === null || name === '' ? '' : ` (${name})`}.`;
}

function carryingPhase(
  { hostPhases, steps }: CarrierSources,
  slow: readonly number[],
  typical: readonly number[],
  excessNs: number,
): { phase: Phase | null; heldNs: number } {
  const perStep = phaseTimes(hostPhases, steps);
  const excesses = perStep.map((times) => {
    const usual = typical.length === 0 ? 0 : median(typical.map((row) => times[row]));
    return slow.reduce((sum, row) => sum + times[row] - usual, 0);
  });
  const most = excesses.indexOf(Math.max(...excesses));
  return excesses[most] >= PHASE_SHARE * excessNs
    ? { phase: PHASES[most], heldNs: excesses[most] }
    : { phase: null, heldNs: Infinity };
}

/** By phase, then by step: how long the thread of the training loop is in it. */
export function phaseTimes(
  hostPhases: PhaseIntervals,
  steps: Steps,
): readonly Float64Array<ArrayBuffer>[] {
  const perStep = PHASES.map(() => new Float64Array(steps.length));
  let step = 0;
  for (let i = 0; i < hostPhases.length; i++) {
    while (step < steps.length && steps.end[step] <= hostPhases.start[i]) {
      step++;
    }
    for (let k = step; k < steps.length && steps.start[k] < hostPhases.end[i]; k++) {
      const shared =
        Math.min(steps.end[k], hostPhases.end[i]) - Math.max(steps.start[k], hostPhases.start[i]);
      perStep[hostPhases.phase[i]][k] += shared;
    }
  }
  return perStep;
}

interface NameTime {
  slowNs: number;
  typicalNs: number;
  until: number;
  example: SpanIndex;
}

function carryingSpan(
  trace: Trace,
  { steps, nesting, mainLane }: CarrierSources,
  slow: readonly number[],
  typical: readonly number[],
  excessNs: number,
): SpanIndex {
  const weights = new Int8Array(steps.length);
  typical.forEach((row) => (weights[row] = -1));
  slow.forEach((row) => (weights[row] = 1));
  const scale = slow.length / Math.max(1, typical.length);
  let best = -1;
  for (const time of timesByName(trace, steps, mainLane, weights).values()) {
    const carries = time.slowNs - scale * time.typicalNs >= SPAN_SHARE * excessNs;
    if (carries && (best < 0 || nesting.depth[time.example] > nesting.depth[best])) {
      best = time.example;
    }
  }
  return best;
}

/** Time that the spans of a name cover in slow (1) and typical (-1) steps. */
function timesByName(
  trace: Trace,
  steps: Steps,
  mainLane: LaneIndex,
  weights: Int8Array,
): ReadonlyMap<number, NameTime> {
  const { spans, strings } = trace;
  const { first, end } = laneRange(trace, mainLane);
  const times = new Map<number, NameTime>();
  for (let i = first; i < end; i++) {
    const name = spans.name[i];
    const known = times.get(name);
    if (spans.category[i] === STEP || (known === undefined && STEP_MARK.test(strings[name]))) {
      continue;
    }
    const time = known ?? { slowNs: 0, typicalNs: 0, until: -Infinity, example: i };
    const from = Math.max(spans.start[i], time.until);
    const until = spans.start[i] + spans.duration[i];
    for (let k = Math.max(0, countUpTo(steps.start, from) - 1); k < steps.length; k++) {
      const shared = Math.min(until, steps.end[k]) - Math.max(from, steps.start[k]);
      if (steps.start[k] >= until) {
        break;
      }
      time.slowNs += weights[k] > 0 ? Math.max(0, shared) : 0;
      time.typicalNs += weights[k] < 0 ? Math.max(0, shared) : 0;
    }
    time.until = Math.max(time.until, until);
    time.example = spans.duration[i] > spans.duration[time.example] ? i : time.example;
    times.set(name, time);
  }
  return times;
}
