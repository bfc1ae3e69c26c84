import { mapInto } from '../../base/map-into.ts';
import { toRunTime } from '../model/rank-clock.ts';
import type { Lane, Trace } from '../model/trace.ts';
import type { FoundSpans } from '../model/timeline.ts';
import type { SpanIndex } from '../model/units.ts';
import { type AnalyzedRank, type DrawnRun, findRank } from './analyzed-rank.ts';
import { laneLabel } from './lane-label.ts';
import type { SearchQuery } from './search-query.ts';
import { spansOfLines } from './span-lines.ts';

/** As many are listed; of more, the longest. */
export const MAX_LISTED = 20_000;
const BINS_PER_OCTAVE = 16;
const BINS = 64 * BINS_PER_OCTAVE;

/** What was found, and how many there are on each rank. */
export interface Found {
  readonly total: number;
  /** Of all durations; what lies in each other counts for itself. */
  readonly totalNs: number;
  readonly byRank: readonly { readonly rank: number; readonly count: number }[];
  readonly spans: FoundSpans;
}

/** The spans that a query asks for, in time order. */
export function findSpans(
  run: DrawnRun,
  query: SearchQuery,
  maxListed: number = MAX_LISTED,
): Found {
  return listLongest(
    (visit) => forEachRank(run, query, (rank) => forEachMatch(rank, query, (i) => visit(rank, i))),
    maxListed,
  );
}

type Visit = (rank: AnalyzedRank, span: SpanIndex) => void;

/** Lists what `forEach` visits, rank after rank; of more than `maxListed`, the longest. It is gone through twice. */
export function listLongest(
  forEach: (visit: Visit) => void,
  maxListed: number = MAX_LISTED,
): Found {
  const countByBin = new Uint32Array(BINS);
  const countByRank = new Map<number, number>();
  let totalNs = 0;
  forEach(({ trace, tables }, span) => {
    totalNs += trace.spans.duration[span];
    countByBin[binOf(trace.spans.duration[span])]++;
    countByRank.set(tables.rank, (countByRank.get(tables.rank) ?? 0) + 1);
  });
  const found: FoundSpan[] = [];
  const fromBin = lowestBin(countByBin, maxListed);
  forEach((rank, span) => {
    const { start, duration } = rank.trace.spans;
    if (binOf(duration[span]) >= fromBin && found.length < maxListed) {
      found.push({ rank, span, start: toRunTime(rank.tables.clock, start[span]) });
    }
  });
  found.sort((a, b) => a.start - b.start || a.rank.tables.rank - b.rank.tables.rank);
  const byRank = [...countByRank].map(([rank, count]) => ({ rank, count }));
  return {
    total: byRank.reduce((sum, { count }) => sum + count, 0),
    totalNs,
    byRank,
    spans: toColumns(found),
  };
}

interface FoundSpan {
  readonly rank: AnalyzedRank;
  readonly span: SpanIndex;
  readonly start: number;
}

function forEachRank(
  run: DrawnRun,
  { ranks }: SearchQuery,
  visit: (rank: AnalyzedRank) => void,
): void {
  for (const { rank } of run.run.ranks) {
    const found = ranks === null || ranks.has(rank) ? findRank(run, rank) : undefined;
    if (found !== undefined) {
      visit(found);
    }
  }
}

function forEachMatch(rank: AnalyzedRank, query: SearchQuery, visit: (span: number) => void): void {
  const { trace } = rank;
  const { name, duration } = trace.spans;
  const isNamed = namesWith(trace, query.words);
  const { aboveNs, belowNs } = query;
  const filters = filtersOf(rank, query);
  for (const { first, count } of lanesWith(trace, query.laneWords)) {
    for (let span = first; span < first + count; span++) {
      if (
        isNamed[name[span]] === 1 &&
        duration[span] > aboveNs &&
        duration[span] < belowNs &&
        filters.every((accepts) => accepts(span))
      ) {
        visit(span);
      }
    }
  }
}

/** What is asked for beside name and duration; the cheapest first. */
function filtersOf(
  rank: AnalyzedRank,
  { categories, phases, lines }: SearchQuery,
): ((span: SpanIndex) => boolean)[] {
  const { trace, tables } = rank;
  const { category } = trace.spans;
  const phaseOf = phases === null ? null : tables.inheritedPhases;
  return [
    categories === null ? null : (span: SpanIndex) => categories.has(category[span]),
    phaseOf === null ? null : (span: SpanIndex) => phases?.has(phaseOf[span]) === true,
    spansOfLines(rank, lines),
  ].filter((filter) => filter !== null);
}

const namesByTrace = new WeakMap<Trace, { readonly key: string; readonly isNamed: Uint8Array }>();

/** By string: whether it holds all the words. The last answer is kept, for each rank is asked twice. */
function namesWith(trace: Trace, words: readonly string[]): Uint8Array {
  const key = JSON.stringify(words);
  const known = namesByTrace.get(trace);
  if (known?.key === key) {
    return known.isNamed;
  }
  const isNamed = mapInto(new Uint8Array(trace.strings.length), trace.strings, (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word)) ? 1 : 0;
  });
  namesByTrace.set(trace, { key, isNamed });
  return isNamed;
}

function lanesWith(trace: Trace, words: readonly string[]): readonly Lane[] {
  return trace.lanes.filter((_, lane) => {
    const label = laneLabel(trace, lane).toLowerCase();
    return words.every((word) => label.includes(word));
  });
}

function binOf(duration: number): number {
  return Math.min(BINS - 1, Math.floor(BINS_PER_OCTAVE * Math.log2(Math.max(0, duration) + 1)));
}

/** All from this bin on are no more than `most`; the highest bin that has any, if even it has more. */
function lowestBin(countByBin: Uint32Array, most: number): number {
  let sum = 0;
  for (let bin = BINS - 1; bin >= 0; bin--) {
    sum += countByBin[bin];
    if (sum > most) {
      return sum === countByBin[bin] ? bin : bin + 1;
    }
  }
  return 0;
}

function toColumns(found: readonly FoundSpan[]): FoundSpans {
  return {
    length: found.length,
    start: mapInto(new Float64Array(found.length), found, ({ start }) => start),
    duration: mapInto(
      new Float64Array(found.length),
      found,
      ({ rank, span }) => rank.trace.spans.duration[span],
    ),
    rank: mapInto(new Int32Array(found.length), found, ({ rank }) => rank.tables.rank),
    span: mapInto(new Uint32Array(found.length), found, ({ span }) => span),
    lane: mapInto(
      new Uint32Array(found.length),
      found,
      ({ rank, span }) => rank.trace.spans.lane[span],
    ),
    depth: Uint16Array.from(found, ({ rank, span }) => rank.tables.nesting.depth[span]),
  };
}
