import * as z from 'zod';
import { AREA_KEYS, type AreaRequest, type AreaSummary } from '../core/model/timeline.ts';
import { histogramSchema, rowSchema } from './timeline-schemas.ts';
import { gapCauseSchema, percentilesSchema } from './value-schemas.ts';

export const areaRequestSchema = z.object({
  startNs: z.number(),
  endNs: z.number(),
  rows: z.array(rowSchema).max(4_096),
  by: z.enum(AREA_KEYS),
}) satisfies z.ZodType<AreaRequest>;

export const areaSummarySchema = z.object({
  groupCount: z.int(),
  count: z.int(),
  gapCount: z.int(),
  durations: histogramSchema.nullable(),
  selfNs: z.number(),
  groups: z.array(
    z.object({
      name: z.string(),
      cause: gapCauseSchema.nullable(),
      count: z.int(),
      totalNs: z.number(),
      selfNs: z.number(),
      percentiles: percentilesSchema,
      durations: histogramSchema,
    }),
  ),
}) satisfies z.ZodType<AreaSummary>;
