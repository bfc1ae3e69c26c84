import * as z from 'zod';
import { COUNTER_UNITS, type CounterPoints, type TimelineCounter } from '../core/model/counter.ts';
import { type ColumnLayout, holdsColumns, packColumns, unpackColumns } from './packed-columns.ts';

const LAYOUT = {
  time: 'f64',
  min: 'f64',
  max: 'f64',
  last: 'f64',
  count: 'u32',
  row: 'u16',
} as const satisfies ColumnLayout;

export const counterSchema = z.object({
  counter: z.int().nonnegative(),
  name: z.string(),
  unit: z.enum(COUNTER_UNITS),
  sampleCount: z.int(),
  min: z.number(),
  max: z.number(),
}) satisfies z.ZodType<TimelineCounter>;

/** Columns of `CounterPoints`, packed. */
export const packedCountersSchema = z
  .instanceof(ArrayBuffer)
  .refine((buffer) => holdsColumns(LAYOUT, buffer), 'the columns of the counters are cut');

export function packCounters(points: CounterPoints): ArrayBuffer {
  return packColumns(LAYOUT, points);
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackCounters(buffer: ArrayBuffer): CounterPoints {
  return unpackColumns(LAYOUT, buffer);
}
