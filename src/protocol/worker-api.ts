import * as z from 'zod';
import { placedAnnotationSchema, codeUnitSchema } from './code-schemas.ts';
import type { RunFile, RunGroup } from '../core/model/run.ts';
import type { Api } from './api.ts';
import { areaRequestSchema, areaSummarySchema } from './area-schemas.ts';
import { workerExportSchema } from './export-schemas.ts';
import { packedCountersSchema } from './counter-columns.ts';
import { MAX_QUERY_CHARACTERS, searchResultSchema } from './found-spans.ts';
import { reportSchema } from './report-schema.ts';
import { runPictureSchema } from './run-picture.ts';
import { phaseSchema } from './value-schemas.ts';
import { packedStepsSchema } from './step-columns.ts';
import {
  overviewSchema,
  selectionDetailsSchema,
  selectionSchema,
  windowSchema,
} from './timeline-schemas.ts';

const runFileSchema = z.object({
  path: z.string(),
  format: z.string(),
  rank: z.int().nullable(),
  worldSize: z.int().nullable(),
  runName: z.string().nullable(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
}) satisfies z.ZodType<RunFile>;

const runGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  folder: z.string(),
  files: z.array(runFileSchema),
}) satisfies z.ZodType<RunGroup>;

/** Thresholds by detector and option, where they differ from the defaults. */
const detectorOptionsSchema = z.record(z.string(), z.record(z.string(), z.number()));

export type DetectorOptions = z.output<typeof detectorOptionsSchema>;

/** Where runs that were analysed are kept, and how large that may grow. */
const cacheSchema = z.object({ folder: z.string(), maxBytes: z.number().positive() });

export type CacheSettings = z.output<typeof cacheSchema>;

const analysisRequestSchema = z.object({
  group: runGroupSchema,
  detectorOptions: detectorOptionsSchema,
  /** The highest folder in which a configuration may lie. */
  configTop: z.string(),
  toolVersion: z.string(),
  /** The run to compare with where the configuration names none: a file or a folder. */
  baseline: z.string().nullable(),
  /** No baseline outside of these is read. */
  openFolders: z.array(z.string()),
  /** Null keeps nothing. */
  cache: cacheSchema.nullable(),
});

/** The line of each phase in a recognized training loop. */
const loopSitesSchema = z.object({
  phases: z.array(z.object({ phase: phaseSchema, line: z.int(), cell: z.int().nullable() })),
});

/** What the extension asks of a worker thread. A worker holds at most one analysed run. */
export const workerApi = {
  /** Files and folders → the runs that they hold; `named` ones are taken whatever they hold. */
  discover: {
    params: z.object({ paths: z.array(z.string()), named: z.array(z.string()) }),
    result: z.array(runGroupSchema),
  },
  analyze: {
    params: analysisRequestSchema,
    result: z.object({ report: reportSchema, overview: overviewSchema, steps: packedStepsSchema }),
  },
  /** The lines of a run that was analyzed before; null where that is not kept. Nothing is read for it. */
  recallLines: { params: analysisRequestSchema, result: reportSchema.shape.lines.nullable() },
  readWindow: {
    params: windowSchema,
    result: z.object({ columns: z.instanceof(ArrayBuffer), names: z.array(z.string()) }),
  },
  readCounters: {
    params: windowSchema,
    result: z.object({ columns: packedCountersSchema }),
  },
  findSpans: {
    params: z.object({ query: z.string().max(MAX_QUERY_CHARACTERS) }),
    result: searchResultSchema,
  },
  summarizeArea: { params: areaRequestSchema, result: areaSummarySchema },
  findInArea: {
    params: areaRequestSchema.extend({ group: z.string() }),
    result: searchResultSchema,
  },
  readDetails: {
    params: z.object({ selection: selectionSchema }),
    result: selectionDetailsSchema,
  },
  readArguments: {
    params: z.object({ rank: z.int(), span: z.int() }),
    result: z.array(z.tuple([z.string(), z.string()])),
  },
  /** Writes a file of the tables, as a whole or not at all. `id` is what {@link cancelExport} ends it by. */
  writeExport: {
    params: z.object({ id: z.int(), path: z.string(), wish: workerExportSchema }),
    result: z.object({ bytes: z.number() }),
  },
  cancelExport: { params: z.object({ id: z.int() }), result: z.void() },
  /** Python files and notebooks → the annotations in them, in the order asked; an unreadable one has none. */
  indexSources: {
    params: z.object({ paths: z.array(z.string()).max(5_000) }),
    result: z.array(z.object({ path: z.string(), sites: z.array(placedAnnotationSchema) })),
  },
  /** A Python file or a notebook → its functions with their calls; none where it cannot be read. */
  indexCode: { params: z.object({ path: z.string() }), result: z.array(codeUnitSchema) },
  /** Python files and notebooks → the training loops in them, in the order asked; one without any is left out. */
  indexLoops: {
    params: z.object({ paths: z.array(z.string()).max(5_000) }),
    result: z.array(z.object({ path: z.string(), loops: z.array(loopSitesSchema) })),
  },
} satisfies Api;

/** What a worker tells the extension. */
export const workerNoticeApi = {
  progressed: {
    params: z.object({ text: z.string(), percent: z.number() }),
    result: z.void(),
  },
  /** The timeline can be drawn; the findings are still looked for. */
  drawn: { params: runPictureSchema, result: z.void() },
  /** The analysis is being put into the cache, which a thread that ends would not finish; told before the answer. */
  storing: { params: z.object({}), result: z.void() },
  /** It is there, or `problem` says why not. */
  stored: { params: z.object({ problem: z.string().nullable() }), result: z.void() },
} satisfies Api;
