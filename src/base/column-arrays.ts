/** The kinds of columns that leave the memory of a thread or go into a file, and what holds their elements. */
export const COLUMN_ARRAYS = {
  f64: Float64Array,
  u32: Uint32Array,
  i32: Int32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
