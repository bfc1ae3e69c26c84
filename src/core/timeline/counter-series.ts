import { mapInto } from '../../base/map-into.ts';
import { type CounterUnit, MAX_COUNTERS, type TimelineCounter } from '../model/counter.ts';
import { type AnalyzedRank, oncePerRank } from './analyzed-rank.ts';

const MAX_NAME_CHARACTERS = 120;
/** Samples whose smallest and largest are kept together. */
const BLOCK = 64;

/** The samples of one counter in time order; rank time. */
export interface CounterSeries {
  readonly name: string;
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly min: number;
  readonly max: number;
  /** The smallest and the largest of the samples [first, last]. */
  extremesOf(first: number, last: number): { readonly min: number; readonly max: number };
}

/** The counters of a rank by name, but for those that are always 0. */
export const counterSeries = oncePerRank(sortSeries);

function sortSeries({ trace }: AnalyzedRank): readonly CounterSeries[] {
  const { counters, strings } = trace;
  const { series } = counters;
  const rowsBySeries = new Map<number, number[]>();
  for (let i = 0; i < counters.length; i++) {
    const rows = rowsBySeries.get(series[i]);
    if (rows !== undefined) {
      rows.push(i);
    } else if (rowsBySeries.size < MAX_COUNTERS) {
      rowsBySeries.set(series[i], [i]);
    }
  }
  return [...rowsBySeries]
    .map(([name, rows]) => seriesOf(strings[name], rows, counters.time, counters.value))
    .filter(({ min, max }) => min !== 0 || max !== 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the page lists, before it asks for values; of many ranks, few are looked at nearer. */
export function describeCounters(rank: AnalyzedRank): readonly TimelineCounter[] {
  return sortSeries(rank).map(({ name, time, min, max }, counter) => ({
    counter,
    name: name.slice(0, MAX_NAME_CHARACTERS),
    unit: unitOf(name, min, max),
    sampleCount: time.length,
    min,
    max,
  }));
}

function seriesOf(
  name: string,
  rows: number[],
  times: Float64Array,
  values: Float64Array,
): CounterSeries {
  const isSorted = rows.every((row, i) => i === 0 || times[row] >= times[rows[i - 1]]);
  const ordered = isSorted ? rows : rows.sort((a, b) => times[a] - times[b] || a - b);
  const time = mapInto(new Float64Array(ordered.length), ordered, (row) => times[row]);
  const value = mapInto(new Float64Array(ordered.length), ordered, (row) => values[row]);
  const blocks = Math.ceil(value.length / BLOCK);
  const lows = new Float64Array(blocks).fill(Infinity);
  const highs = new Float64Array(blocks).fill(-Infinity);
  for (let i = 0; i < value.length; i++) {
    const block = Math.floor(i / BLOCK);
    lows[block] = Math.min(lows[block], value[i]);
    highs[block] = Math.max(highs[block], value[i]);
  }
  const extremesOf = (first: number, last: number) => {
    let min = Infinity;
    let max = -Infinity;
    let i = first;
    while (i <= last) {
      const block = i / BLOCK;
      const isWhole = i % BLOCK === 0 && i + BLOCK <= last + 1;
      min = Math.min(min, isWhole ? lows[block] : value[i]);
      max = Math.max(max, isWhole ? highs[block] : value[i]);
      i += isWhole ? BLOCK : 1;
    }
    return { min, max };
  };
  return { name, time, value, ...extremesOf(0, value.length - 1), extremesOf };
}

/** `mb` and the like: the name says the unit itself. */
const OWN_UNIT = /(?:^|[^a-z])[kmgt]i?b(?:[^a-z]|$)/i;
const BYTES = /bytes|memory|allocated|reserved|(?:^|[^a-z])(?:rss|mem)(?:[^a-z]|$)/i;
const PERCENT = /percent|pct|%/i;
const SHARE = /util|fraction|(?<![a-z])ratio|share|occupancy|usage/i;
/** Less memory than this is given in another unit. */
const MIN_BYTES = 4_096;

function unitOf(name: string, min: number, max: number): CounterUnit {
  if (PERCENT.test(name)) {
    return 'percent';
  }
  if (SHARE.test(name) && min >= 0 && max <= 100) {
    return max <= 1 ? 'fraction' : 'percent';
  }
  return BYTES.test(name) && !OWN_UNIT.test(name) && max >= MIN_BYTES ? 'bytes' : 'plain';
}
