import * as z from 'zod';
import type { StepColumns } from '../core/model/timeline.ts';
import { type ColumnLayout, holdsColumns, packColumns, unpackColumns } from './packed-columns.ts';

const LAYOUT = {
  start: 'f64',
  duration: 'f64',
  rank: 'i32',
  step: 'i32',
  isWarmup: 'u8',
} as const satisfies ColumnLayout;

/** The steps of a run, packed: tens of thousands of them cross a boundary as one buffer. */
export const packedStepsSchema = z
  .instanceof(ArrayBuffer)
  .refine((buffer) => holdsColumns(LAYOUT, buffer), 'the columns of the steps are cut');

export function packSteps(steps: StepColumns): ArrayBuffer {
  return packColumns(LAYOUT, steps);
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackSteps(buffer: ArrayBuffer): StepColumns {
  return unpackColumns(LAYOUT, buffer);
}
