import { PHASES } from '../model/phase.ts';
import { SPAN_CATEGORIES } from '../model/span-category.ts';
import type { Nanoseconds } from '../model/units.ts';
import { plain } from './span-lines.ts';

/** What a span must have to be found; null and empty ask for nothing. */
export interface SearchQuery {
  /** Parts that the name must hold, in lower case. */
  readonly words: readonly string[];
  /** Parts that the name of the lane must hold, in lower case. */
  readonly laneWords: readonly string[];
  /** Lines of code of which a span must stand for one, as `spansOfLines` takes them. */
  readonly lines: readonly string[];
  /** Indices into `SPAN_CATEGORIES`. */
  readonly categories: ReadonlySet<number> | null;
  /** Indices into `PHASES`. */
  readonly phases: ReadonlySet<number> | null;
  readonly ranks: ReadonlySet<number> | null;
  /** Longer than this. */
  readonly aboveNs: Nanoseconds;
  /** Shorter than this. */
  readonly belowNs: Nanoseconds;
}

/** A part of a query that nothing can be made of; the message is for people. */
export class BadQuery extends Error {
  override readonly name = 'BadQuery';
}

interface Draft {
  words: string[];
  laneWords: string[];
  lines: string[];
  categories: Set<number> | null;
  phases: Set<number> | null;
  ranks: Set<number> | null;
  aboveNs: number;
  belowNs: number;
}

const MAX_RANGE = 10_000;
const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

type Filter = (draft: Draft, value: string) => void;

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['name', (draft, value) => draft.words.push(value)],
  ['lane', (draft, value) => draft.laneWords.push(value)],
  ['line', (draft, value) => draft.lines.push(plain(value))],
  [
    'cat',
    (draft, value) =>
      (draft.categories = add(draft.categories, value, 'category', SPAN_CATEGORIES)),
  ],
  ['phase', (draft, value) => (draft.phases = add(draft.phases, value, 'phase', PHASES))],
  ['rank', (draft, value) => (draft.ranks = addRanks(draft.ranks ?? new Set(), value))],
]);

/**
 * Reads `conv cat:kernel dur>1ms rank:0-3 phase:forward lane:"stream 7" line:train.py:61`. Words that are
 * no filters are parts of the name; all must hold, of several `cat:`, `phase:`, `rank:` or `line:` one. Throws {@link BadQuery}.
 */
export function parseQuery(text: string): SearchQuery {
  const draft: Draft = {
    words: [],
    laneWords: [],
    lines: [],
    categories: null,
    phases: null,
    ranks: null,
    aboveNs: -1,
    belowNs: Infinity,
  };
  for (const [token] of text.matchAll(/(?:[^\s"]+|"[^"]*"?)+/g)) {
    addToken(draft, token.replaceAll('"', '').toLowerCase());
  }
  return draft;
}

function addToken(draft: Draft, token: string): void {
  const duration = /^dur([<>])=?(.*)$/.exec(token);
  const filter = /^([a-z]+):(?!:)(.+)$/.exec(token);
  const apply = filter === null ? undefined : FILTERS.get(filter[1]);
  if (duration !== null) {
    const ns = parseDuration(duration[2]);
    draft.aboveNs = duration[1] === '>' ? ns : draft.aboveNs;
    draft.belowNs = duration[1] === '<' ? ns : draft.belowNs;
  } else if (filter !== null && apply !== undefined) {
    apply(draft, filter[2]);
  } else if (token !== '') {
    draft.words.push(token);
  }
}

function parseDuration(text: string): Nanoseconds {
  const match = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text);
  if (match === null) {
    throw new BadQuery(`“${text}” is no duration; write it like dur>1ms or dur<20us.`);
  }
  return Number(match[1]) * UNIT_NS[match[2]];
}

function add(
  to: Set<number> | null,
  value: string,
  what: string,
  names: readonly string[],
): Set<number> {
  const found = names.flatMap((name, i) => (name.startsWith(value) ? [i] : []));
  if (found.length === 0) {
    throw new BadQuery(`There is no ${what} “${value}”; there are ${names.join(', ')}.`);
  }
  return new Set([...(to ?? []), ...found]);
}

function addRanks(to: Set<number>, value: string): Set<number> {
  for (const part of value.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    const first = Number(match?.[1] ?? NaN);
    const last = Number(match?.[2] ?? first);
    if (!(last - first <= MAX_RANGE)) {
      throw new BadQuery(`“${part}” is no rank; write rank:3, rank:0-7 or rank:1,5.`);
    }
    for (let rank = first; rank <= last; rank++) {
      to.add(rank);
    }
  }
  return to;
}
