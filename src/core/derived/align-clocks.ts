import type { CollectiveMatch } from '../model/collective-match.ts';
import type { Trace } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';
import { type ClockFit, MIN_READINGS } from './fit-clock.ts';
import { clockOf, fitToMost, fitToOne } from './fit-clocks.ts';
import {
  type CollectiveLists,
  listByIdentity,
  matchByEnd,
  matchByOrder,
  SAME_END_NS,
} from './match-collectives.ts';
import type { RankClock } from '../model/rank-clock.ts';
import type { RankCollective } from './rank-collectives.ts';

/** Ends further apart than this after alignment do not belong to the same collectives. */
const MAX_RESIDUAL_NS = 1_000_000;
/** No clock of a computer that works is this fast or slow. */
const MAX_DRIFT_PPM = 1_000;
/** Of sampled collectives, the share that must have one that ends with them. */
const MIN_SAMPLED_SHARE = 0.5;
/** An offset is corrected only if it stands out of the scatter of the ends by this factor. */
const SIGNIFICANT = 3;
/** Scatter is at least this: recorders round to microseconds. */
const MIN_SCATTER_NS = 1_000;

/** How the clocks of the ranks were brought together. Run time is that of the rank with most collectives, or of the files. */
export interface Alignment {
  /** By row of the run's ranks. */
  readonly clocks: readonly RankClock[];
  /** By row of the run's ranks: add to rank time to get run time, but for what the clock drifts. */
  readonly offsets: readonly Nanoseconds[];
  readonly method: string;
  /** Of any rank's time against the run's; null where nothing tells. */
  readonly uncertaintyNs: Nanoseconds | null;
  /** The largest, of any rank's clock; null where the recording is too short to tell. */
  readonly drift: { readonly ppm: number; readonly uncertaintyPpm: number } | null;
  /** Whether times of different ranks may be compared. */
  readonly isComparable: boolean;
  /** Why they may not, as the end of a sentence; null where they may. */
  readonly refusal: string | null;
  /** Collectives of at least two ranks by start, in run time. */
  readonly matches: readonly CollectiveMatch[];
}

/**
 * Starts from the clocks the files state and refines them by the ends of matched collectives: these are
 * the same moment on all ranks. `byRank` is gone through once.
 */
export function alignClocks(
  traces: readonly Trace[],
  byRank: Iterable<readonly RankCollective[]>,
  firstStepStart: readonly number[],
): Alignment {
  const stated = statedOffsets(traces);
  const first = firstStepStart.reduce((most, start) => Math.max(most, start), 0);
  const clocks = (stated ?? firstStepStart.map((start) => first - start)).map(withoutDrift);
  if (traces.length < 2) {
    return { ...aligned(clocks, []), method: 'one rank' };
  }
  const lists = listByIdentity(byRank);
  const matches = matchByOrder(lists, clocks, stated !== null);
  const confirmed = stated === null ? null : confirm(clocks, matches);
  if (confirmed !== null) {
    return confirmed;
  }
  const { fits, islands } = fitToOne(matches, traces.length);
  const refusal = refusalOf(matches, fits, stated === null ? islands : 1);
  if (refusal === null) {
    return refine(lists, { clocks, isStated: stated !== null }, fits.filter(isKnown));
  }
  if (stated === null) {
    return { ...aligned(clocks, matches), method: 'first steps', isComparable: false, refusal };
  }
  const trusted = haveOneClock(traces) ? trust(clocks, matches) : null;
  if (trusted !== null) {
    return trusted;
  }
  return matches.length >= MIN_READINGS && fits.every(isKnown)
    ? alignSampled(lists, clocks, refusal)
    : { ...aligned(clocks, matches), method: 'clocks of the files' };
}

/** Null where most ranks do not show what the files state. */
function confirm(
  clocks: readonly RankClock[],
  matches: readonly CollectiveMatch[],
): Alignment | null {
  const fits = fitToMost(matches, clocks.length);
  const known = fits.filter(isKnown);
  const isConfirmed = refusalOf(matches, fits, 1) === null && !known.some(isOff);
  return isConfirmed
    ? {
        ...aligned(clocks, matches),
        method: 'clocks of the files, confirmed by matched collectives',
        uncertaintyNs: scatterOf(known),
        drift: driftOf(known),
      }
    : null;
}

/** Whether all ranks ran on one machine and read its one clock. */
function haveOneClock(traces: readonly Trace[]): boolean {
  const [first] = traces;
  const { hostClock = null } = first.meta;
  return hostClock !== null && traces.every(({ meta }) => meta.hostClock === hostClock);
}

/**
 * Of one clock: the ends of collectives scatter on a busy machine, where threads wake late. Null where collectives
 * are too few, or are further off than they scatter.
 */
function trust(
  clocks: readonly RankClock[],
  matches: readonly CollectiveMatch[],
): Alignment | null {
  const fits = fitToMost(matches, clocks.length);
  const known = fits.filter(isKnown);
  const isTrusted =
    matches.length >= MIN_READINGS && known.length === fits.length && !known.some(isOff);
  return isTrusted
    ? {
        ...aligned(clocks, matches),
        method: 'clocks of the files, which are the one clock of their host',
        uncertaintyNs: scatterOf(known),
      }
    : null;
}

/** How far the ends of collectives lie from what the clocks state. */
function scatterOf(fits: readonly ClockFit[]): Nanoseconds {
  return Math.ceil(largest(fits, (fit) => Math.max(fit.residualNs, furthest(fit), 1)));
}

interface Start {
  readonly clocks: readonly RankClock[];
  /** Whether the files state their clocks. */
  readonly isStated: boolean;
}

function refine(
  lists: CollectiveLists,
  { clocks, isStated }: Start,
  fits: readonly ClockFit[],
): Alignment {
  const refined = clocks.map(({ offsetNs }, row) => clockOf(fits[row], offsetNs));
  return {
    ...aligned(refined, matchByOrder(lists, refined, true)),
    method: isStated
      ? 'clocks of the files, refined by matched collectives'
      : 'matched collectives',
    uncertaintyNs: Math.ceil(largest(fits, (fit) => fit.uncertaintyNs)),
    drift: driftOf(fits),
  };
}

function driftOf(fits: readonly ClockFit[]): Alignment['drift'] {
  const uncertaintyPpm = largest(fits, (fit) => fit.driftUncertaintyPpm ?? 0);
  const worst = fits.reduce((a, b) => (Math.abs(b.driftPpm) > Math.abs(a.driftPpm) ? b : a));
  return uncertaintyPpm === 0 ? null : { ppm: worst.driftPpm, uncertaintyPpm };
}

/** Files that hold a sample of the events: collectives that end together, if most have a fellow that does. */
function alignSampled(
  lists: CollectiveLists,
  clocks: readonly RankClock[],
  refusal: string,
): Alignment {
  const matches = matchByEnd(lists, clocks);
  const fewest = lists.ranks.reduce((least, { span }) => Math.min(least, span.length), Infinity);
  const isMost = matches.length >= MIN_READINGS && matches.length >= MIN_SAMPLED_SHARE * fewest;
  return isMost
    ? {
        ...aligned(clocks, matches),
        method: 'clocks of the files; collectives that end together fit them',
        uncertaintyNs: SAME_END_NS,
      }
    : {
        ...aligned(clocks, []),
        method: 'clocks of the files; matched collectives do not fit them',
        isComparable: false,
        refusal,
      };
}

function aligned(clocks: readonly RankClock[], matches: readonly CollectiveMatch[]) {
  return {
    clocks,
    offsets: clocks.map(({ offsetNs }) => offsetNs),
    uncertaintyNs: null,
    drift: null,
    isComparable: true,
    refusal: null,
    matches,
  };
}

function withoutDrift(offsetNs: Nanoseconds): RankClock {
  return { referenceNs: 0, offsetNs, driftPpm: 0 };
}

/** Null where a file does not state an absolute time. */
function statedOffsets(traces: readonly Trace[]): number[] | null {
  const origins = traces.map(({ meta }) => meta.originNs);
  const known = origins.filter((origin) => origin !== null);
  if (known.length < origins.length) {
    return traces.length === 1 ? [0] : null;
  }
  const first = known.reduce((least, origin) => (origin < least ? origin : least), known[0] ?? 0n);
  return known.map((origin) => Number(origin - first));
}

/** Why the fits tell no alignment; null where they do. */
function refusalOf(
  matches: readonly CollectiveMatch[],
  fits: readonly (ClockFit | null)[],
  islands: number,
): string | null {
  if (matches.length < MIN_READINGS) {
    return `${matches.length} of their collectives could be matched, and ${MIN_READINGS} are needed`;
  }
  const apart = fits.filter((fit) => fit === null).length;
  if (apart > 0) {
    return `${apart} of ${fits.length} ranks share fewer than ${MIN_READINGS} collectives with the others`;
  }
  if (islands > 1) {
    return `they fall into ${islands} groups that share no collectives`;
  }
  const residualNs = largest(fits.filter(isKnown), (fit) => fit.residualNs);
  if (residualNs > MAX_RESIDUAL_NS) {
    return `matched collectives end ${(residualNs / 1e6).toFixed(1)} ms apart even after alignment`;
  }
  const driftPpm = largest(fits.filter(isKnown), (fit) => Math.abs(fit.driftPpm));
  return driftPpm > MAX_DRIFT_PPM
    ? `matched collectives would mean that a clock drifts by ${driftPpm.toFixed(0)} ppm`
    : null;
}

function isKnown(fit: ClockFit | null): fit is ClockFit {
  return fit !== null;
}

function isOff(fit: ClockFit): boolean {
  return furthest(fit) > SIGNIFICANT * Math.max(fit.residualNs, MIN_SCATTER_NS);
}

/** The most that a clock is off, at either end of its readings. */
function furthest({ errorNs, driftPpm, spanNs }: ClockFit): Nanoseconds {
  return Math.abs(errorNs) + (Math.abs(driftPpm) * 1e-6 * spanNs) / 2;
}

function largest(fits: readonly ClockFit[], valueOf: (fit: ClockFit) => number): number {
  return fits.reduce((most, fit) => Math.max(most, valueOf(fit)), 0);
}
