import { mapInto } from '../../base/map-into.ts';
import { type ClockFit, fitClock, MIN_READINGS, type Readings } from './fit-clock.ts';
import type { CollectiveMatch } from '../model/collective-match.ts';
import { type RankClock, toRunTime } from '../model/rank-clock.ts';
import { median } from './statistics.ts';

/** How the clocks of ranks stand to each other. */
export interface ClockFits {
  /** By row of ranks; null where a rank shares too few collectives with any other. */
  readonly fits: readonly (ClockFit | null)[];
  /** How many sets of ranks there are of which none shares enough with another. */
  readonly islands: number;
}

const SAME_CLOCK: RankClock = { referenceNs: 0, offsetNs: 0, driftPpm: 0 };

/** Reads the clock of each rank against what most ranks show, at the ends of collectives; by row of ranks. */
export function fitToMost(
  matches: readonly CollectiveMatch[],
  rankCount: number,
): (ClockFit | null)[] {
  const clocks = Array.from({ length: rankCount }, () => SAME_CLOCK);
  const ends = matches.map(({ end }) => trueEnd(end, clocks));
  return clocks.map((_, row) => fitRow(matches, ends, row));
}

/**
 * Reads the clock of each rank against that of the rank with most collectives, at the ends of those that
 * both have; a rank that shares too few with it, against the ranks that were read.
 */
export function fitToOne(matches: readonly CollectiveMatch[], rankCount: number): ClockFits {
  const counts = countMatches(matches, rankCount);
  const fits = Array.from({ length: rankCount }, (): ClockFit | null => null);
  const clocks = fits.map((): RankClock | null => null);
  let islands = 0;
  for (let uncertaintyNs = 0; ;) {
    const unread = counts.map((count, row) => (clocks[row] === null ? count : 0));
    const most = unread.reduce((a, b) => Math.max(a, b), 0);
    if (most < MIN_READINGS) {
      return { fits, islands };
    }
    const ends = matches.map(({ end }) => trueEnd(end, clocks));
    const found = fits.map((known, row) => (known === null ? fitRow(matches, ends, row) : null));
    if (found.every((fit) => fit === null)) {
      clocks[unread.indexOf(most)] = SAME_CLOCK;
      islands++;
      continue;
    }
    for (const [row, fit] of found.entries()) {
      if (fit !== null) {
        fits[row] = { ...fit, uncertaintyNs: fit.uncertaintyNs + uncertaintyNs };
        clocks[row] ??= clockOf(fit);
      }
    }
    uncertaintyNs = fits.reduce((sum, fit) => Math.max(sum, fit?.uncertaintyNs ?? 0), 0);
  }
}

function fitRow(
  matches: readonly CollectiveMatch[],
  ends: readonly number[],
  row: number,
): ClockFit | null {
  const readings = readingsOf(matches, ends, row);
  return readings === null ? null : fitClock(readings);
}

/** The clock of a rank whose clock was taken to be ahead of the run's by `offsetNs` less than it is. */
export function clockOf({ middleNs, errorNs, driftPpm }: ClockFit, offsetNs = 0): RankClock {
  const referenceNs = middleNs + errorNs - offsetNs;
  return { referenceNs, offsetNs: middleNs - referenceNs, driftPpm };
}

function countMatches(matches: readonly CollectiveMatch[], rankCount: number): number[] {
  const counts = Array.from({ length: rankCount }, () => 0);
  for (const { spans } of matches) {
    spans.forEach((span, row) => (counts[row] += Number(span >= 0)));
  }
  return counts;
}

/** As the ranks whose clocks are known tell it; NaN where there are none. */
function trueEnd(end: Float64Array, clocks: readonly (RankClock | null)[]): number {
  const told: number[] = [];
  clocks.forEach((clock, row) => {
    if (clock !== null && !Number.isNaN(end[row])) {
      told.push(toRunTime(clock, end[row]));
    }
  });
  return median(told);
}

function readingsOf(
  matches: readonly CollectiveMatch[],
  ends: readonly number[],
  row: number,
): Readings | null {
  const shared = [...matches.keys()].filter((i) => !Number.isNaN(matches[i].end[row] + ends[i]));
  shared.sort((a, b) => ends[a] - ends[b]);
  return shared.length < MIN_READINGS
    ? null
    : {
        atNs: mapInto(new Float64Array(shared.length), shared, (i) => ends[i]),
        errorNs: mapInto(
          new Float64Array(shared.length),
          shared,
          (i) => matches[i].end[row] - ends[i],
        ),
      };
}
