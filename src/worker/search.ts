import type { Analysis } from '../core/model/tables.ts';
import type { AreaRequest } from '../core/model/timeline.ts';
import { findInArea } from '../core/timeline/find-in-area.ts';
import { findSpans, type Found } from '../core/timeline/find-spans.ts';
import { BadQuery, parseQuery } from '../core/timeline/search-query.ts';
import { packFound, type SearchResult } from '../protocol/found-spans.ts';

export function searchArea(
  analysis: Analysis,
  { group, ...area }: AreaRequest & { readonly group: string },
): SearchResult {
  return toResult(findInArea(analysis, area, group));
}

function toResult({ total, totalNs, byRank, spans }: Found): SearchResult {
  return { total, totalNs, byRank: [...byRank], spans: packFound(spans), problem: '' };
}

/** Finds spans; a query that cannot be read finds nothing and says why. */
export function search(analysis: Analysis, query: string): SearchResult {
  try {
    return toResult(findSpans(analysis, parseQuery(query)));
  } catch (error) {
    if (!(error instanceof BadQuery)) {
      throw error;
    }
    return { total: 0, totalNs: 0, byRank: [], spans: packFound(NONE), problem: error.message };
  }
}

const NONE = {
  length: 0,
  start: new Float64Array(),
  duration: new Float64Array(),
  rank: new Int32Array(),
  span: new Uint32Array(),
  lane: new Uint32Array(),
  depth: new Uint16Array(),
};
