import * as z from 'zod';
import { SPAN_CATEGORIES } from '../core/model/span-category.ts';
import type {
  DurationHistogram,
  ExplainedStep,
  Selection,
  SelectionDetails,
  StepPiece,
  TimelineOverview,
  TimelineRank,
  TimelineRow,
  WindowRequest,
} from '../core/model/timeline.ts';
import { counterSchema } from './counter-columns.ts';
import {
  gapCauseSchema,
  locationHowSchema,
  percentilesSchema,
  phaseSchema,
  sourceCandidatesSchema,
} from './value-schemas.ts';

export const rowSchema = z.object({
  rank: z.int(),
  lane: z.int(),
  shiftNs: z.number().optional(),
}) satisfies z.ZodType<TimelineRow>;

/** What is in view; the host's screens are no wider, nor are there more tracks on them. */
export const windowSchema = z.object({
  startNs: z.number(),
  endNs: z.number(),
  widthPx: z.number().positive().max(20_000),
  rows: z.array(rowSchema).max(4_096),
}) satisfies z.ZodType<WindowRequest>;

export const histogramSchema = z.object({
  leastNs: z.number(),
  mostNs: z.number(),
  counts: z.array(z.int()),
}) satisfies z.ZodType<DurationHistogram>;

const rank = z.object({
  rank: z.int(),
  deviceName: z.string().nullable(),
  lanes: z.array(
    z.object({
      lane: z.int(),
      name: z.string(),
      kind: z.enum(['thread', 'stream', 'device-annotations', 'logical']),
      depthCount: z.int(),
      spanCount: z.int(),
      isMain: z.boolean(),
    }),
  ),
  counters: z.array(counterSchema).optional(),
}) satisfies z.ZodType<TimelineRank>;

const piece = z.object({
  startNs: z.number(),
  durationNs: z.number(),
  phase: phaseSchema,
  cause: gapCauseSchema.nullable(),
  label: z.string(),
}) satisfies z.ZodType<StepPiece>;

const explainedStep = z.object({
  rank: z.int(),
  step: z.int(),
  startNs: z.number(),
  durationNs: z.number(),
  host: z.array(piece),
  device: z.array(piece),
  slices: z.array(
    z.object({ phase: phaseSchema, cause: gapCauseSchema.nullable(), durationNs: z.number() }),
  ),
}) satisfies z.ZodType<ExplainedStep>;

export const overviewSchema = z.object({
  startNs: z.number(),
  endNs: z.number(),
  ranks: z.array(rank),
  typicalStep: explainedStep.nullable(),
  slowStep: explainedStep.nullable(),
}) satisfies z.ZodType<TimelineOverview>;

export const selectionSchema = z.object({
  kind: z.enum(['span', 'gap']),
  rank: z.int(),
  index: z.int().nonnegative(),
}) satisfies z.ZodType<Selection>;

export const selectionDetailsSchema = z.object({
  selection: selectionSchema,
  name: z.string(),
  lane: z.string(),
  category: z.enum([...SPAN_CATEGORIES, 'gap']),
  phase: phaseSchema,
  cause: gapCauseSchema.nullable(),
  causeCoveragePercent: z.number().nullable(),
  startNs: z.number(),
  durationNs: z.number(),
  selfNs: z.number().nullable(),
  step: z.int().nullable(),
  stepStartNs: z.number().nullable(),
  stepSharePercent: z.number().nullable(),
  perStep: z
    .object({
      count: z.int(),
      percentiles: percentilesSchema,
      valuesNs: z.array(z.number()),
      rankPercent: z.number().nullable(),
    })
    .nullable(),
  all: z.object({
    count: z.int(),
    totalNs: z.number(),
    percentiles: percentilesSchema,
    durations: histogramSchema,
  }),
  collective: z
    .object({
      isComparable: z.boolean(),
      arrivals: z.array(
        z.object({
          rank: z.int(),
          span: z.int(),
          startNs: z.number(),
          durationNs: z.number(),
        }),
      ),
    })
    .nullable(),
  related: z.array(
    z.object({
      relation: z.string(),
      name: z.string(),
      selection: selectionSchema.nullable(),
      lane: z.int(),
      depth: z.int(),
      startNs: z.number(),
      durationNs: z.number(),
    }),
  ),
  stack: z.array(
    z.object({
      name: z.string(),
      span: z
        .object({ selection: selectionSchema, startNs: z.number(), durationNs: z.number() })
        .nullable(),
    }),
  ),
  source: sourceCandidatesSchema,
  how: locationHowSchema.nullable(),
}) satisfies z.ZodType<SelectionDetails>;
