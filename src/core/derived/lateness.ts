import type { Nanoseconds } from '../model/units.ts';
import type { Alignment } from './align-clocks.ts';
import { Coverage, type Intervals, NO_INTERVALS, uniteIntervals } from './intervals.ts';
import type { CollectiveMatch } from './match-collectives.ts';
import { mean, median } from './statistics.ts';

/** How late one rank comes to the collectives that all ranks share. */
export interface RankLateness {
  /** Mean of start − median start over the matched collectives. */
  readonly meanNs: Nanoseconds;
  /** Mean time that its collectives take; the rank that others wait for has the shortest. */
  readonly meanDurationNs: Nanoseconds;
  /** By number of step: the time beyond the second-latest rank that others lose because of this one. */
  readonly lostByStep: ReadonlyMap<number, Nanoseconds>;
  readonly lostNs: Nanoseconds;
  /** Matched collectives to which it came last, those that cost most first. */
  readonly lastIn: readonly { readonly match: CollectiveMatch; readonly lostNs: Nanoseconds }[];
  /** By row of ranks, in rank time: where this rank makes itself and the others late. */
  readonly claims: readonly Intervals[];
}

interface Lost {
  readonly match: CollectiveMatch;
  readonly rank: number;
  readonly lostNs: Nanoseconds;
  readonly from: Nanoseconds;
  readonly until: Nanoseconds;
}

/** By row of the run's ranks, over the analysed steps. Empty where ranks may not be compared. */
export function computeLateness(
  { matches, offsets, isComparable }: Alignment,
  waiting: readonly Intervals[],
  analyzedNumbers: ReadonlySet<number>,
): RankLateness[] {
  const counted = matches.filter(({ step }) => step === null || analyzedNumbers.has(step));
  if (!isComparable || offsets.length < 2 || counted.length === 0) {
    return [];
  }
  const coverages = waiting.map((intervals) => new Coverage(intervals));
  const losses = lossesOf(counted, coverages, offsets);
  return offsets.map((_, rank) => {
    const own = losses.filter((loss) => loss.rank === rank && loss.lostNs > 0);
    const shared = counted.filter(({ start }) => !Number.isNaN(start[rank]));
    const lostByStep = new Map<number, number>();
    for (const { match, lostNs } of own) {
      if (match.step !== null) {
        lostByStep.set(match.step, (lostByStep.get(match.step) ?? 0) + lostNs);
      }
    }
    return {
      meanNs:
        shared.length === 0
          ? 0
          : mean(shared.map(({ start }) => start[rank] - median(present(start)))),
      meanDurationNs:
        shared.length === 0 ? 0 : mean(shared.map(({ start, end }) => end[rank] - start[rank])),
      lostByStep,
      lostNs: own.reduce((sum, { lostNs }) => sum + lostNs, 0),
      lastIn: own
        .map(({ match, lostNs }) => ({ match, lostNs }))
        .sort((a, b) => b.lostNs - a.lostNs),
      claims: offsets.map((offset) =>
        own.length === 0
          ? NO_INTERVALS
          : uniteIntervals(
              own.map(({ from }) => from - offset),
              own.map(({ until }) => until - offset),
            ),
      ),
    };
  });
}

/** Collectives in flight at the same time wait together: what one of them loses, another does not lose again. */
function lossesOf(
  matches: readonly CollectiveMatch[],
  waiting: readonly Coverage[],
  offsets: readonly number[],
): Lost[] {
  const counted = offsets.map(() => -Infinity);
  return [...matches]
    .sort((a, b) => Math.min(...present(a.start)) - Math.min(...present(b.start)))
    .map((match) => {
      const loss = lossOf(match, waiting, offsets, counted);
      counted[loss.rank] = Math.max(counted[loss.rank], loss.until);
      return loss;
    });
}

/** Others lose what lies between the last two arrivals, as far as nothing else fills it. */
function lossOf(
  match: CollectiveMatch,
  waiting: readonly Coverage[],
  offsets: readonly number[],
  counted: readonly number[],
): Lost {
  const order = [...match.start.keys()]
    .filter((row) => !Number.isNaN(match.start[row]))
    .sort((a, b) => match.start[a] - match.start[b]);
  const rank = order[order.length - 1];
  const until = match.start[rank];
  const from = Math.min(until, Math.max(match.start[order[order.length - 2]], counted[rank]));
  const waits = order
    .slice(0, -1)
    .map((row) => waiting[row].within(from - offsets[row], until - offsets[row]));
  return { match, rank, from, until, lostNs: Math.min(until - from, median(waits)) };
}

function present(times: Float64Array): Float64Array {
  return times.filter((time) => !Number.isNaN(time));
}

/** A rank is late always if the loss in a typical step is this share of the mean one. */
const CHRONIC = 0.5;

/** A rank that is late in some steps only is late for a reason that belongs to these steps. */
export function isChronic({ lostByStep, lostNs }: RankLateness, stepCount: number): boolean {
  const none = Array.from({ length: Math.max(0, stepCount - lostByStep.size) }, () => 0);
  const typicalNs = median([...lostByStep.values(), ...none]);
  return typicalNs >= (CHRONIC * lostNs) / Math.max(1, stepCount);
}
