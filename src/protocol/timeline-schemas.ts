import * as z from 'zod';
import { SPAN_CATEGORIES } from '../core/model/span-category.ts';
import type {
  ExplainedStep,
  Selection,
  SelectionDetails,
  StepPiece,
  TimelineOverview,
  TimelineRank,
} from '../core/model/timeline.ts';
import {
  gapCauseSchema,
  locationHowSchema,
  percentilesSchema,
  phaseSchema,
  sourceCandidatesSchema,
} from './value-schemas.ts';

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
  related: z.array(
    z.object({
      relation: z.string(),
      name: z.string(),
      selection: selectionSchema.nullable(),
      startNs: z.number(),
      durationNs: z.number(),
    }),
  ),
  source: sourceCandidatesSchema,
  how: locationHowSchema.nullable(),
}) satisfies z.ZodType<SelectionDetails>;
