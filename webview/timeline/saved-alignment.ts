import * as z from 'zod';
import type { TimelineStep } from '../../src/core/model/timeline.ts';
import { alignOn, type Alignment, anchorsOfStep } from './alignment.ts';

export const savedAlignmentSchema = z.object({
  label: z.string().max(100),
  step: z.int().nullable(),
  edge: z.enum(['begin', 'end']),
  rank: z.int(),
  anchors: z
    .array(z.object({ rank: z.int(), startNs: z.number(), endNs: z.number() }))
    .max(100_000),
});

/** An alignment as plain data. */
export type SavedAlignment = z.output<typeof savedAlignmentSchema>;

export function saveAlignment(alignment: Alignment | null): SavedAlignment | null {
  if (alignment === null) {
    return null;
  }
  const { anchors, edge, rank } = alignment;
  return {
    label: anchors.label,
    step: anchors.step,
    edge,
    rank,
    anchors: [...anchors.byRank].map(([other, range]) => ({ rank: other, ...range })),
  };
}

export function restoreAlignment(saved: SavedAlignment | null): Alignment | null {
  if (saved === null) {
    return null;
  }
  const { label, step, edge, rank, anchors } = saved;
  const byRank = new Map(
    anchors.map(({ rank: other, startNs, endNs }) => [other, { startNs, endNs }]),
  );
  return alignOn({ label, step, byRank }, rank, edge);
}

/** The same in a run that was analyzed anew; null where it was not on a step, whose number stays. */
export function alignAnew(
  alignment: Alignment | null,
  steps: readonly TimelineStep[],
): Alignment | null {
  const step = alignment?.anchors.step ?? null;
  return alignment === null || step === null
    ? null
    : alignOn(anchorsOfStep(steps, step), alignment.rank, alignment.edge);
}
