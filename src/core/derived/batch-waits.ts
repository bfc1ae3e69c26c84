import type { Nanoseconds } from '../model/units.ts';
import {
  mean,
  median,
  movingMean,
  quantileOfSorted,
  sortedCopy,
  type TypicalTime,
  typicalTime,
} from './statistics.ts';

/**
 * Worker processes that are too slow together bring their batches together: one step waits long, the next ones
 * not at all. A device that runs behind the host hides waits alike until the host asks for its results. Over as
 * many steps as there usually are workers it evens out.
 */
export const STRETCH = 8;
/** How many times the typical wait the mean over a stretch must be to speak of bursts. */
const BURST_RATIO = 1.5;
/** Of the mean wait, from which the typical one is the rule rather than that of a few late batches. */
const STEADY = 0.5;
/** Of the longest mean wait of a rank, from which another rank waits for its loader too. */
const SHARED = 0.05;

/** Stretches in which a loader that is always too slow may happen to keep up. */
const SELDOM = 0.2;

/** Batches that a rank waits for this share of a typical step are late, and so many of them are no accident. */
const LATE = 0.1;
const MIN_LATE = 2;

/** What one rank waits for its batches, by analysed step. */
export interface RankBatches {
  /** Without work of the device. */
  readonly exposed: readonly Nanoseconds[];
  readonly whole: readonly Nanoseconds[];
  readonly durations: readonly Nanoseconds[];
  /** Of the steps. */
  readonly numbers: readonly number[];
  /** Whether the training process loads by itself. */
  readonly isOwn: boolean;
  /** Whether its worker processes are known to prepare batches nearly all the time. */
  readonly areWorkersBusy: boolean;
}

/** How the wait for batches is spread over steps and ranks. */
export interface BatchWaits {
  /** Whether the wait is seen only over several steps. */
  readonly isBursty: boolean;
  /** What a step waits: the typical one, or the mean over a typical stretch of steps. */
  readonly typical: TypicalTime;
  /** By row of ranks, the same of each. */
  readonly byRank: readonly TypicalTime[];
  /** By row of ranks: the mean wait. */
  readonly meanNs: readonly Nanoseconds[];
  /** Rows of the ranks that wait for their loader, or would if others did not wait longer. */
  readonly waiting: readonly number[];
  /** Each step of a rank takes as long as that of the slowest. */
  readonly isJoined: boolean;
  /** Whether one rank keeps waiting for its loader, and the others for that rank. */
  readonly isOfOneRank: boolean;
}

export function computeBatchWaits(ranks: readonly RankBatches[], isJoined: boolean): BatchWaits {
  const stretches = ranks.map((rank) => (isSmooth(rank) ? smooth(rank) : NOTHING));
  const slowest = isJoined ? slowestOfEachStep(ranks) : NOTHING;
  const steady = typicalOf(ranks);
  const bursts = typicalOf(
    isJoined ? (stretches.every(isEmpty) ? [] : [smooth(slowest)]) : stretches,
  );
  const isBursty =
    isLonger(bursts, steady) &&
    [...ranks, slowest].some((series, row) =>
      isLonger(row < ranks.length ? typicalOf([stretches[row]]) : bursts, typicalOf([series])),
    );
  const meanNs = ranks.map(({ exposed }) => (isEmpty({ exposed }) ? 0 : mean(exposed)));
  const longest = meanNs.reduce((most, one) => Math.max(most, one), 0);
  const waiting = [...ranks.keys()].filter(
    (row) =>
      meanNs[row] > SHARED * longest ||
      (longest > 0 && (ranks[row].areWorkersBusy || hasLateBatches(ranks[row]))),
  );
  return {
    isBursty,
    typical: isBursty ? bursts : steady,
    byRank: (isBursty ? stretches : ranks).map((series) => typicalOf([series])),
    meanNs,
    waiting,
    isJoined,
    isOfOneRank: isJoined && waiting.length === 1 && keepsWaiting(ranks[waiting[0]]),
  };
}

/** Values by step, or by stretch of steps. */
type Series = Pick<RankBatches, 'exposed' | 'durations'>;

const NOTHING: Series = { exposed: [], durations: [] };

/** Whether a mean over steps in a row shows what the typical step does not. */
function isLonger(stretch: TypicalTime, step: TypicalTime): boolean {
  return stretch.sharePercent > BURST_RATIO * step.sharePercent;
}

function isEmpty({ exposed }: Pick<Series, 'exposed'>): boolean {
  return exposed.length === 0;
}

/** A loader with time to spare is never late, while the loop waits for another rank as well. */
function hasLateBatches({ exposed, durations }: RankBatches): boolean {
  const limit = LATE * median(durations);
  return exposed.filter((wait) => wait >= limit).length >= MIN_LATE;
}

/** Rather than for a few late batches. */
function keepsWaiting(rank: RankBatches): boolean {
  const stretches = smooth(rank);
  const { exposed } = isEmpty(stretches) ? rank : stretches;
  return quantileOfSorted(sortedCopy(exposed), SELDOM) >= (STEADY / 2) * mean(rank.exposed);
}

/** Waits of a loop that loads by itself are smoothed only where the device hides them, not where some batches are late. */
function isSmooth({ isOwn, whole }: RankBatches): boolean {
  return !isOwn || (whole.length > 0 && median(whole) >= STEADY * mean(whole));
}

function smooth({ exposed, durations }: Series): Series {
  return exposed.length < 2 * STRETCH
    ? NOTHING
    : { exposed: movingMean(exposed, STRETCH), durations: movingMean(durations, STRETCH) };
}

/** Over all steps of all. */
function typicalOf(all: readonly Series[]): TypicalTime {
  return typicalTime(
    all.flatMap(({ exposed }) => [...exposed]),
    all.flatMap(({ durations }) => [...durations]),
  );
}

/** Of each step, the rank that waits longest. */
function slowestOfEachStep(ranks: readonly RankBatches[]): Series {
  const longest = new Map<number, { readonly wait: Nanoseconds; readonly duration: Nanoseconds }>();
  for (const { numbers, exposed, durations } of ranks) {
    for (const [i, number] of numbers.entries()) {
      if (!(exposed[i] <= (longest.get(number)?.wait ?? -1))) {
        longest.set(number, { wait: exposed[i], duration: durations[i] });
      }
    }
  }
  const inOrder = [...longest].sort(([a], [b]) => a - b).map(([, step]) => step);
  return {
    exposed: inOrder.map(({ wait }) => wait),
    durations: inOrder.map(({ duration }) => duration),
  };
}
