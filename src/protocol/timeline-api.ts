import * as z from 'zod';
import type { Api } from './api.ts';
import { evidenceSchema, reportSchema } from './report-schema.ts';
import { areaRequestSchema, areaSummarySchema } from './area-schemas.ts';
import { EXPORT_KINDS, exportSchema } from './export-schemas.ts';
import { packedCountersSchema } from './counter-columns.ts';
import { MAX_QUERY_CHARACTERS, searchResultSchema } from './found-spans.ts';
import { runPictureSchema } from './run-picture.ts';
import { packedStepsSchema } from './step-columns.ts';
import {
  overviewSchema,
  selectionDetailsSchema,
  selectionSchema,
  windowSchema,
} from './timeline-schemas.ts';

const generation = z.int();

/** How far the run that the page shows, or waits for, is. Messages are for people. */
export const runStatusSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('analyzing'), text: z.string(), percent: z.number() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('gone'), message: z.string() }),
  z.object({ kind: z.literal('ready') }),
]);

export type RunStatus = z.output<typeof runStatusSchema>;

/** What the page asks of the extension. The page asks first; nothing is pushed before `ready`. */
export const hostApi = {
  ready: {
    params: z.object({}),
    result: z.object({
      /** The rank of the file that was opened, to bring into view. */
      focusRank: z.int().nullable(),
      state: z.unknown(),
    }),
  },
  /** Waits for the analysis; progress comes as `statusChanged`. */
  readRun: {
    params: z.object({}),
    result: z.object({
      generation,
      report: reportSchema,
      overview: overviewSchema,
      steps: packedStepsSchema,
      /** Ids of findings for which the editor may have edits of the script; left out where it has none. */
      fixable: z.array(z.string()).optional(),
    }),
  },
  /** Columns of `WindowRectangles`, packed; `names` belongs to its `name` column. */
  readWindow: {
    params: windowSchema.extend({ generation }),
    result: z.object({ columns: z.instanceof(ArrayBuffer), names: z.array(z.string()) }),
  },
  /** The values of counters, one point a pixel. */
  readCounters: {
    params: windowSchema.extend({ generation }),
    result: z.object({ columns: packedCountersSchema }),
  },
  /** Spans by name and by filters such as `cat:kernel dur>1ms rank:3`; see `search-query.ts`. */
  findSpans: {
    params: z.object({ generation, query: z.string().max(MAX_QUERY_CHARACTERS) }),
    result: searchResultSchema,
  },
  /** The spans of some rows in an interval, added up. */
  summarizeArea: {
    params: areaRequestSchema.extend({ generation }),
    result: areaSummarySchema,
  },
  /** The spans of one group of an area. */
  findInArea: {
    params: areaRequestSchema.extend({ generation, group: z.string() }),
    result: searchResultSchema,
  },
  readDetails: {
    params: z.object({ generation, selection: selectionSchema }),
    result: selectionDetailsSchema,
  },
  /** The event's own arguments, read again from the file, as name and value. */
  readArguments: {
    params: z.object({ generation, rank: z.int(), span: z.int() }),
    result: z.array(z.tuple([z.string(), z.string()])),
  },
  /** Opens the editor at the line of a span or a gap. `opened` tells where, or null with the reason. */
  openSelection: {
    params: z.object({ generation, selection: selectionSchema }),
    result: z.object({ opened: z.string().nullable(), reason: z.string() }),
  },
  /** Opens the editor at the line of a finding, by its place in the report. */
  openFinding: {
    params: z.object({ generation, index: z.int() }),
    result: z.object({ opened: z.string().nullable(), reason: z.string() }),
  },
  /** Asks which edit of the script to make for a finding, and shows it before it is made. */
  fixFinding: {
    params: z.object({ generation, index: z.int() }),
    result: z.object({ opened: z.string().nullable(), reason: z.string() }),
  },
  /** Asks where to, and saves; `saved` is the name of the file, null where the user gave up. */
  saveExport: {
    params: z.object({ generation, wish: exportSchema }),
    result: z.object({ saved: z.string().nullable() }),
  },
  /** Puts a finding, by its place in the report, on the clipboard as Markdown. */
  copyFinding: { params: z.object({ generation, index: z.int() }), result: z.void() },
  /** What `ready` gives back when the run is opened again. */
  keepView: { params: z.object({ state: z.unknown() }), result: z.void() },
  openLink: { params: z.object({ url: z.url() }), result: z.void() },
  copyText: { params: z.object({ text: z.string() }), result: z.void() },
  showLog: { params: z.object({}), result: z.void() },
  analyzeAgain: { params: z.object({}), result: z.void() },
} satisfies Api;

/** What the extension tells the page. */
export const viewApi = {
  statusChanged: { params: z.object({ status: runStatusSchema }), result: z.void() },
  /** While the page waits for the run: what can be drawn of it already. */
  runDrawn: { params: runPictureSchema, result: z.void() },
  /** The files changed and were analysed again: ask for the run once more, keep the view. */
  runChanged: { params: z.object({ generation }), result: z.void() },
  /** Save the view in this form: the page draws it, or tells what is in view, and asks to save it. */
  exportWanted: { params: z.object({ kind: z.enum(EXPORT_KINDS) }), result: z.void() },
  /** Open the threads and streams of a rank and bring it into view. */
  showRank: { params: z.object({ rank: z.int() }), result: z.void() },
  /** Bring the evidence of a finding into view, all of it marked. */
  showEvidence: {
    params: z.object({ title: z.string(), evidence: z.array(evidenceSchema) }),
    result: z.void(),
  },
  /** Search for spans, as if the user had typed the query, and go to the first. */
  showSpans: {
    params: z.object({ query: z.string().max(MAX_QUERY_CHARACTERS) }),
    result: z.void(),
  },
} satisfies Api;
