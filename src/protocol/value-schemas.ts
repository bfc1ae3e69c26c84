import * as z from 'zod';
import { STEP_PARTS } from '../core/model/baseline.ts';
import { PHASES } from '../core/model/phase.ts';
import { GAP_CAUSES, type Percentiles } from '../core/model/report.ts';
import type { SourceCandidates, SourceLocation } from '../core/model/source-candidate.ts';

export const phaseSchema = z.enum(PHASES);

export const stepPartSchema = z.enum(STEP_PARTS);

export const gapCauseSchema = z.enum(GAP_CAUSES);

export const locationHowSchema = z.enum(['recorded', 'stack', 'annotation', 'structure']);

export const sourceLocationSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.exactOptional(z.int()),
  how: locationHowSchema,
  function: z.exactOptional(z.string()),
  isFunction: z.exactOptional(z.literal(true)),
  call: z.exactOptional(
    z.object({
      names: z.array(z.string()),
      before: z.array(z.string()),
      after: z.array(z.string()),
    }),
  ),
}) satisfies z.ZodType<SourceLocation>;

export const sourceCandidatesSchema = z.object({
  locations: z.array(sourceLocationSchema),
  annotations: z.array(z.string()),
}) satisfies z.ZodType<SourceCandidates>;

export const percentilesSchema = z.object({
  p50Ns: z.number(),
  p95Ns: z.number(),
  p99Ns: z.number(),
}) satisfies z.ZodType<Percentiles>;
