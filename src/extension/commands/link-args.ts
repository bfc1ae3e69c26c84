import * as z from 'zod';

/** The id of a run, the generation of its analysis, and the place of a finding in its report. */
export const findingArgs = z.tuple([z.string(), z.int(), z.int().nonnegative()]);

/** The id of a run, and the rank to bring into view. */
export const runArgs = z.tuple([z.string(), z.int().optional()]);
