import type { Trace } from '../model/trace.ts';
import type { Nanoseconds } from '../model/units.ts';
import {
  type CollectiveMatch,
  matchByEnd,
  matchByOrder,
  SAME_END_NS,
} from './match-collectives.ts';
import type { RankCollective } from './rank-collectives.ts';
import { median } from './statistics.ts';

/** Fewer matched collectives do not tell a clock's offset from chance. */
const MIN_MATCHES = 3;
/** Ends further apart than this after alignment do not belong to the same collectives. */
const MAX_RESIDUAL_NS = 1_000_000;
/** Of sampled collectives, the share that must have one that ends with them. */
const MIN_SAMPLED_SHARE = 0.5;
/** An offset is corrected only if it stands out of the scatter of the ends by this factor. */
const SIGNIFICANT = 3;

/** How the clocks of the ranks were brought together. */
export interface Alignment {
  /** By row of the run's ranks: add to rank time to get run time. */
  readonly offsets: readonly Nanoseconds[];
  readonly method: string;
  readonly uncertaintyNs: Nanoseconds | null;
  /** Whether times of different ranks may be compared. */
  readonly isComparable: boolean;
  /** Collectives of at least two ranks by start, in run time. */
  readonly matches: readonly CollectiveMatch[];
}

/** Starts from the clocks the files state and refines them by the ends of matched collectives. */
export function alignClocks(
  traces: readonly Trace[],
  byRank: readonly (readonly RankCollective[])[],
  firstStepStart: readonly number[],
): Alignment {
  const stated = statedOffsets(traces);
  const offsets = stated ?? firstStepStart.map((start) => Math.max(...firstStepStart, 0) - start);
  if (traces.length < 2) {
    return { offsets, method: 'one rank', uncertaintyNs: null, isComparable: true, matches: [] };
  }
  const matches = matchByOrder(byRank, offsets, stated !== null);
  const base = { offsets, matches };
  const shifts = shiftsByRank(matches, traces.length);
  if (matches.length < MIN_MATCHES || shifts === null) {
    return stated === null
      ? { ...base, method: 'first steps', uncertaintyNs: null, isComparable: false }
      : { ...base, method: 'clocks of the files', uncertaintyNs: null, isComparable: true };
  }
  const residual = residualOf(matches, shifts);
  if (residual > MAX_RESIDUAL_NS) {
    return stated === null
      ? { ...base, method: 'first steps', uncertaintyNs: residual, isComparable: false }
      : alignSampled(byRank, offsets, residual);
  }
  const isOff = shifts.some((shift) => Math.abs(shift) > SIGNIFICANT * Math.max(residual, 1_000));
  if (!isOff && stated !== null) {
    const method = 'clocks of the files, confirmed by matched collectives';
    return { ...base, method, uncertaintyNs: uncertaintyOf(residual, shifts), isComparable: true };
  }
  const refined = offsets.map((offset, rank) => offset - shifts[rank]);
  return {
    offsets: refined,
    method:
      stated === null
        ? 'matched collectives'
        : 'clocks of the files, refined by matched collectives',
    uncertaintyNs: Math.round(residual),
    isComparable: true,
    matches: matchByOrder(byRank, refined, true),
  };
}

/** Files that hold a sample of the events: collectives that end together, if most have a fellow that does. */
function alignSampled(
  byRank: readonly (readonly RankCollective[])[],
  offsets: readonly number[],
  residual: number,
): Alignment {
  const matches = matchByEnd(byRank, offsets);
  const fewest = byRank.reduce((least, list) => Math.min(least, list.length), Infinity);
  const isMost = matches.length >= MIN_MATCHES && matches.length >= MIN_SAMPLED_SHARE * fewest;
  return isMost
    ? {
        offsets,
        matches,
        method: 'clocks of the files; collectives that end together fit them',
        uncertaintyNs: SAME_END_NS,
        isComparable: true,
      }
    : {
        offsets,
        matches: [],
        method: 'clocks of the files; matched collectives do not fit them',
        uncertaintyNs: Math.round(residual),
        isComparable: false,
      };
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

/** By rank: how much later than its fellows it sees the ends of collectives; null where a rank has too few. */
function shiftsByRank(matches: readonly CollectiveMatch[], ranks: number): number[] | null {
  const deviations = Array.from({ length: ranks }, (): number[] => []);
  for (const { end } of matches) {
    const center = median(end.filter((time) => !Number.isNaN(time)));
    end.forEach((time, rank) => {
      if (!Number.isNaN(time)) {
        deviations[rank]?.push(time - center);
      }
    });
  }
  return deviations.some((list) => list.length < MIN_MATCHES)
    ? null
    : deviations.map((list) => Math.round(median(list)));
}

function residualOf(matches: readonly CollectiveMatch[], shifts: readonly number[]): number {
  const residuals = matches.flatMap(({ end }) => {
    const center = median(end.filter((time) => !Number.isNaN(time)));
    return [...end].flatMap((time, rank) =>
      Number.isNaN(time) ? [] : [Math.abs(time - center - shifts[rank])],
    );
  });
  return median(residuals);
}

function uncertaintyOf(residual: number, shifts: readonly number[]): number {
  return Math.round(shifts.reduce((most, shift) => Math.max(most, Math.abs(shift)), residual));
}
