import * as z from 'zod';

/** The rank tracks of a whole run, sent before its analysis is done. */
export const runPictureSchema = z.object({
  startNs: z.number(),
  endNs: z.number(),
  ranks: z.array(z.int()),
  /** Columns of `WindowRectangles`, packed; the rows are those of `ranks`. */
  columns: z.instanceof(ArrayBuffer),
  names: z.array(z.string()),
});

export type RunPicture = z.output<typeof runPictureSchema>;
