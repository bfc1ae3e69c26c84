import { laneRange } from '../derived/lane-range.ts';
import type { UserCalls } from '../derived/user-calls.ts';
import { countUpTo } from '../derived/intervals.ts';
import type { Steps } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { LaneIndex, SpanIndex } from '../model/units.ts';

/** Calls of one function in one step, or in one run of it; longer lists are told apart by name alone. */
const MAX_SEQUENCE = 600;
/** A list of so few names is a loop only where it comes this often in a row. */
const SHORT_PERIOD = 2;
const REPEATS_OF_SHORT = 5;

/** A call in the user's code as a trace shows it: its function, what it calls, and which of several such calls. */
export interface CallSlot {
  readonly key: string;
  readonly frame: SpanIndex;
  /** One call that stands for all, of a usual step. */
  readonly example: SpanIndex;
}

/** What a function called in a step: names of its calls, and their spans. */
interface Sequence {
  readonly names: string[];
  readonly spans: SpanIndex[];
}

/** The slot of each span of a lane that a user's function called; what is in no slot is absent. */
export function findCallSlots(
  trace: Trace,
  calls: UserCalls,
  lane: LaneIndex,
  steps: Steps,
): ReadonlyMap<SpanIndex, CallSlot> {
  const slots = new Map<SpanIndex, CallSlot>();
  for (const [frameName, sequences] of sequencesByFunction(trace, calls, lane, steps)) {
    const usual = mostCommon(sequences);
    const siteOf = tellSitesApart(usual);
    const known = new Map<string, CallSlot>();
    for (const { names, spans } of [usual, ...sequences]) {
      const seen = new Map<string, number>();
      spans.forEach((span, i) => {
        const ordinal = seen.get(names[i]) ?? 0;
        seen.set(names[i], ordinal + 1);
        const key = `${frameName} > ${names[i]}#${siteOf(names[i], ordinal)}`;
        const slot = known.get(key) ?? { key, frame: calls.callerOf(span), example: span };
        known.set(key, slot);
        slots.set(span, slot);
      });
    }
  }
  return slots;
}

function sequencesByFunction(
  trace: Trace,
  calls: UserCalls,
  lane: LaneIndex,
  steps: Steps,
): Map<string, Sequence[]> {
  const { first, end } = laneRange(trace, lane);
  const byFunction = new Map<string, Map<string, Sequence>>();
  for (let i = first; i < end; i++) {
    const frame = calls.isCallable(i) ? calls.callerOf(i) : -1;
    if (frame < 0 || !calls.isUserFrame(frame)) {
      continue;
    }
    const step = countUpTo(steps.start, trace.spans.start[i]) - 1;
    const name = trace.strings[trace.spans.name[frame]] ?? '';
    const sequences = byFunction.get(name) ?? new Map<string, Sequence>();
    byFunction.set(name, sequences);
    const key = `${frame} ${step}`;
    const sequence = sequences.get(key) ?? { names: [], spans: [] };
    sequences.set(key, sequence);
    sequence.names.push(calls.tellingName(i));
    sequence.spans.push(i);
  }
  return new Map([...byFunction].map(([name, sequences]) => [name, [...sequences.values()]]));
}

function mostCommon(sequences: readonly Sequence[]): Sequence {
  const counts = new Map<string, { count: number; sequence: Sequence }>();
  for (const sequence of sequences) {
    const key = sequence.names.slice(0, MAX_SEQUENCE).join('\n');
    const entry = counts.get(key) ?? { count: 0, sequence };
    entry.count += 1;
    counts.set(key, entry);
  }
  const best = [...counts.values()].reduce((a, b) => (b.count > a.count ? b : a));
  return best.sequence;
}

/** Which call in the code the n-th of a name is, as far as loops tell: what repeats is one call. */
function tellSitesApart({ names }: Sequence): (name: string, ordinal: number) => number {
  if (names.length > MAX_SEQUENCE) {
    return () => 0;
  }
  const same = joinRepeats(names);
  const ordinals = new Map<string, number[]>();
  names.forEach((name, i) => {
    const sites = ordinals.get(name) ?? [];
    sites.push(
      same[i] === i ? Math.max(-1, ...sites) + 1 : (sites[ordinalOf(names, same[i])] ?? 0),
    );
    ordinals.set(name, sites);
  });
  return (name, ordinal) => {
    const sites = ordinals.get(name) ?? [];
    return sites[Math.min(ordinal, sites.length - 1)] ?? 0;
  };
}

/** By position: the first position of the same call; a stretch that comes twice in a row is a loop. */
function joinRepeats(names: readonly string[]): number[] {
  const site = names.map((_, i) => i);
  for (let period = 1; period <= names.length / 2; period++) {
    const needed = period <= SHORT_PERIOD ? period * (REPEATS_OF_SHORT - 1) : period;
    let run = 0;
    for (let i = 0; i + period <= names.length; i++) {
      const repeats = i + period < names.length && names[i] === names[i + period];
      if (!repeats && run >= needed) {
        joinStretch(site, i - run, i, period);
      }
      run = repeats ? run + 1 : 0;
    }
  }
  return site;
}

function joinStretch(site: number[], from: number, to: number, period: number): void {
  for (let at = from; at < to; at++) {
    site[at + period] = Math.min(site[at + period], site[at]);
  }
}

function ordinalOf(names: readonly string[], end: number): number {
  return names.slice(0, end).filter((name) => name === names[end]).length;
}
