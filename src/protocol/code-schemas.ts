import * as z from 'zod';
import type { AnnotationSite, CodeUnit, PlacedAnnotation } from '../core/model/code-unit.ts';

const names = z.array(z.string());

const annotationSiteSchema = z.object({
  parts: names,
  line: z.int(),
}) satisfies z.ZodType<AnnotationSite>;

export const placedAnnotationSchema = annotationSiteSchema.extend({
  cell: z.int().nullable(),
}) satisfies z.ZodType<PlacedAnnotation>;

export const codeUnitSchema = z.object({
  cell: z.int().nullable(),
  executionCount: z.number().nullable(),
  hash: z.string(),
  lineCount: z.int(),
  sites: z.array(annotationSiteSchema),
  functions: z.array(
    z.object({
      name: z.string(),
      className: z.string().nullable(),
      line: z.int(),
      firstLine: z.int(),
      lastLine: z.int(),
      isGenerator: z.boolean(),
      calls: z.array(
        z.object({
          kind: z.enum(['call', 'iterate', 'enter', 'exit', 'operator', 'comprehension']),
          line: z.int(),
          column: z.int(),
          names,
          isImported: z.boolean(),
          types: z.array(names),
          holders: z.array(names),
          next: z.array(z.int()),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<CodeUnit>;
