import type { Nanoseconds } from '../model/units.ts';
import type { Alignment } from './align-clocks.ts';
import { Coverage, type Intervals, NO_INTERVALS, uniteIntervals } from './intervals.ts';
import type { CollectiveMatch } from '../model/collective-match.ts';
import { type RankClock, toRankTime } from '../model/rank-clock.ts';
import { median } from './statistics.ts';

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
  { matches, clocks, isComparable }: Alignment,
  waiting: readonly Intervals[],
  analyzedNumbers: ReadonlySet<number>,
): RankLateness[] {
  const counted = matches.filter(({ step }) => step === null || analyzedNumbers.has(step));
  if (!isComparable || clocks.length < 2 || counted.length === 0) {
    return [];
  }
  const arrivals = sumArrivals(counted, clocks.length);
  const losses = clocks.map((): Lost[] => []);
  for (const loss of lossesOf(counted, waiting, clocks)) {
    if (loss.lostNs > 0) {
      losses[loss.rank].push(loss);
    }
  }
  return arrivals.map(({ count, latenessNs, durationNs }, rank) => ({
    meanNs: latenessNs / Math.max(1, count),
    meanDurationNs: durationNs / Math.max(1, count),
    lostByStep: sumByStep(losses[rank]),
    lostNs: losses[rank].reduce((sum, { lostNs }) => sum + lostNs, 0),
    lastIn: losses[rank]
      .map(({ match, lostNs }) => ({ match, lostNs }))
      .sort((a, b) => b.lostNs - a.lostNs),
    // As many intervals as ranks, for as many ranks: only those that are asked for are made.
    get claims() {
      return clocks.map((clock) => intervalsOf(losses[rank], clock));
    },
  }));
}

function sumArrivals(matches: readonly CollectiveMatch[], ranks: number) {
  const sums = Array.from({ length: ranks }, () => ({ count: 0, latenessNs: 0, durationNs: 0 }));
  for (const { start, end } of matches) {
    const typical = median(present(start));
    start.forEach((time, rank) => {
      if (!Number.isNaN(time)) {
        const sum = sums[rank];
        sum.count++;
        sum.latenessNs += time - typical;
        sum.durationNs += end[rank] - time;
      }
    });
  }
  return sums;
}

function sumByStep(losses: readonly Lost[]): Map<number, Nanoseconds> {
  const lostByStep = new Map<number, number>();
  for (const { match, lostNs } of losses) {
    if (match.step !== null) {
      lostByStep.set(match.step, (lostByStep.get(match.step) ?? 0) + lostNs);
    }
  }
  return lostByStep;
}

function intervalsOf(losses: readonly Lost[], clock: RankClock): Intervals {
  return losses.length === 0
    ? NO_INTERVALS
    : uniteIntervals(
        losses.map(({ from }) => toRankTime(clock, from)),
        losses.map(({ until }) => toRankTime(clock, until)),
      );
}

/** Collectives in flight at the same time wait together: what one of them loses, another does not lose again. */
function lossesOf(
  matches: readonly CollectiveMatch[],
  waiting: readonly Intervals[],
  clocks: readonly RankClock[],
): Lost[] {
  const coverages = waiting.map((intervals) => new Coverage(intervals));
  const counted = clocks.map(() => -Infinity);
  return matches.map((match) => {
    const { rank, from, until } = lastArrivals(match.start, counted);
    const waits: number[] = [];
    match.start.forEach((time, row) => {
      if (row !== rank && !Number.isNaN(time)) {
        const clock = clocks[row];
        waits.push(coverages[row].within(toRankTime(clock, from), toRankTime(clock, until)));
      }
    });
    counted[rank] = Math.max(counted[rank], until);
    return { match, rank, from, until, lostNs: Math.min(until - from, median(waits)) };
  });
}

/** Others lose what lies between the last two arrivals, as far as nothing else fills it. */
function lastArrivals(
  start: Float64Array,
  counted: readonly number[],
): Pick<Lost, 'rank' | 'from' | 'until'> {
  let rank = -1;
  let second = -1;
  start.forEach((time, row) => {
    if (rank < 0 ? !Number.isNaN(time) : time >= start[rank]) {
      second = rank;
      rank = row;
    } else if (second < 0 ? !Number.isNaN(time) : time >= start[second]) {
      second = row;
    }
  });
  const until = start[rank];
  return { rank, until, from: Math.min(until, Math.max(start[second], counted[rank])) };
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
