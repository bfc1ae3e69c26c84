import type { WindowRectangles } from '../core/model/timeline.ts';
import { type ColumnLayout, packColumns, unpackColumns } from './packed-columns.ts';

const LAYOUT = {
  start: 'f64',
  end: 'f64',
  item: 'u32',
  name: 'u32',
  row: 'u16',
  depth: 'u16',
  kind: 'u8',
  phase: 'u8',
  category: 'u8',
  coverage: 'u8',
} as const satisfies ColumnLayout;

export function packWindow(rectangles: WindowRectangles): ArrayBuffer {
  return packColumns(LAYOUT, rectangles);
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackWindow(buffer: ArrayBuffer): WindowRectangles {
  return unpackColumns(LAYOUT, buffer);
}
