import * as z from 'zod';
import { AREA_KEYS, type AreaRequest, type AreaSummary } from '../core/model/timeline.ts';
import { percentilesSchema } from './value-schemas.ts';

export const areaRequestSchema = z.object({
  startNs: z.number(),
  endNs: z.number(),
  rows: z.array(z.object({ rank: z.int(), lane: z.int() })).max(4_096),
  by: z.enum(AREA_KEYS),
}) satisfies z.ZodType<AreaRequest>;

export const areaSummarySchema = z.object({
  groupCount: z.int(),
  count: z.int(),
  selfNs: z.number(),
  groups: z.array(
    z.object({
      name: z.string(),
      count: z.int(),
      totalNs: z.number(),
      selfNs: z.number(),
      percentiles: percentilesSchema,
    }),
  ),
}) satisfies z.ZodType<AreaSummary>;
