import * as z from 'zod';

/** The id of a run, the generation of its analysis, and the place of a finding in its report. */
export const findingArgs = z.tuple([z.string(), z.int(), z.int().nonnegative()]);

/** The document to be edited, its version before, and the run whose finding that answers, where there is one. */
export const fixAppliedArgs = z.tuple([z.string(), z.int(), z.string().nullable()]);

/** The id of a run, and the rank to bring into view. */
export const runArgs = z.tuple([z.string(), z.int().optional()]);
