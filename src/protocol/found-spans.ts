import * as z from 'zod';
import type { FoundSpans } from '../core/model/timeline.ts';
import { type ColumnLayout, holdsColumns, packColumns, unpackColumns } from './packed-columns.ts';

const LAYOUT = {
  start: 'f64',
  duration: 'f64',
  rank: 'i32',
  span: 'u32',
  lane: 'u32',
  depth: 'u16',
} as const satisfies ColumnLayout;

export const MAX_QUERY_CHARACTERS = 1_000;

/** What a search found; `spans` are packed columns of `FoundSpans`, the longest where there are too many. */
export const searchResultSchema = z.object({
  total: z.int(),
  totalNs: z.number(),
  byRank: z.array(z.object({ rank: z.int(), count: z.int() })),
  spans: z
    .instanceof(ArrayBuffer)
    .refine((buffer) => holdsColumns(LAYOUT, buffer), 'the columns of the spans are cut'),
  /** Why the query cannot be read, for people; empty if it can. */
  problem: z.string(),
});

export type SearchResult = z.output<typeof searchResultSchema>;

export function packFound(spans: FoundSpans): ArrayBuffer {
  return packColumns(LAYOUT, spans);
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackFound(buffer: ArrayBuffer): FoundSpans {
  return unpackColumns(LAYOUT, buffer);
}
