import { COLUMN_ARRAYS } from '../base/column-arrays.ts';

interface ArrayOf {
  readonly f64: Float64Array<ArrayBuffer>;
  readonly u32: Uint32Array<ArrayBuffer>;
  readonly i32: Int32Array<ArrayBuffer>;
  readonly u16: Uint16Array<ArrayBuffer>;
  readonly u8: Uint8Array<ArrayBuffer>;
}

/** Names of columns and what their elements are; the widest first, so that each column is aligned. */
export type ColumnLayout = Readonly<Record<string, keyof ArrayOf>>;

export type PackedColumns<L extends ColumnLayout> = { readonly length: number } & {
  readonly [C in keyof L]: ArrayOf[L[C]];
};

const BYTES = { f64: 8, u32: 4, i32: 4, u16: 2, u8: 1 } as const;
const HEADER_BYTES = 8;

/** One buffer: the number of rows as a float64, then the columns one after the other. */
export function packColumns<L extends ColumnLayout>(
  layout: L,
  columns: PackedColumns<L>,
): ArrayBuffer {
  const { length } = columns;
  const buffer = new ArrayBuffer(HEADER_BYTES + length * bytesPerRow(layout));
  new Float64Array(buffer, 0, 1)[0] = length;
  const packed = viewColumns(layout, buffer, length);
  for (const name of Object.keys(layout)) {
    packed[name]?.set(columns[name] as ArrayOf[L[string]]);
  }
  return buffer;
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackColumns<L extends ColumnLayout>(
  layout: L,
  buffer: ArrayBuffer,
): PackedColumns<L> {
  if (!holdsColumns(layout, buffer)) {
    throw new RangeError(
      `columns of ${rowsOf(buffer)} rows cannot have ${buffer.byteLength} bytes`,
    );
  }
  return viewColumns(layout, buffer, rowsOf(buffer)) as PackedColumns<L>;
}

/** Whether the size of a buffer fits the number of rows that it states. */
export function holdsColumns(layout: ColumnLayout, buffer: ArrayBuffer): boolean {
  const rows = rowsOf(buffer);
  return Number.isInteger(rows) && buffer.byteLength === HEADER_BYTES + rows * bytesPerRow(layout);
}

function rowsOf(buffer: ArrayBuffer): number {
  return buffer.byteLength < HEADER_BYTES ? NaN : (new Float64Array(buffer, 0, 1)[0] ?? NaN);
}

function bytesPerRow(layout: ColumnLayout): number {
  return Object.values(layout).reduce((sum, kind) => sum + BYTES[kind], 0);
}

function viewColumns(
  layout: ColumnLayout,
  buffer: ArrayBuffer,
  length: number,
): Record<string, ArrayOf[keyof ArrayOf]> & { length: number } {
  let offset = HEADER_BYTES;
  const columns = Object.entries(layout).map(([name, kind]) => {
    const column = new COLUMN_ARRAYS[kind](buffer, offset, length);
    offset += length * BYTES[kind];
    return [name, column] as const;
  });
  return Object.assign(Object.fromEntries(columns), { length });
}
