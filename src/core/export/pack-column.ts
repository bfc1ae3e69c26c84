const ARRAYS = {
  f64: Float64Array,
  u32: Uint32Array,
  i32: Int32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;

export type ColumnType = keyof typeof ARRAYS;

type Column = InstanceType<(typeof ARRAYS)[ColumnType]>;

/**
 * `plain` whole numbers, or the `steps` from each to the next, of 32 bits in planes of bytes: first the lowest of
 * all, then the next. `bits` are the 8 bytes of doubles in planes.
 */
export interface PackedColumn {
  readonly type: ColumnType;
  readonly how: 'plain' | 'steps' | 'bits';
  readonly length: number;
  readonly bytes: Uint8Array;
}

const WORD_BYTES = 4;
const DOUBLE_BYTES = 8;
/** What is folded to 32 bits is at most so far from 0. */
const MOST = 2 ** 31 - 1;

/** Null for what is no typed array of ours. */
export function packColumn(value: unknown): PackedColumn | null {
  const type = typeOf(value);
  if (type === null) {
    return null;
  }
  const column = value as Column;
  const how = chooseHow(column);
  return { type, how, length: column.length, bytes: pack(column, how) };
}

export function unpackColumn(
  bytes: Uint8Array,
  length: number,
  type: ColumnType,
  how: PackedColumn['how'],
): Column {
  const column = new ARRAYS[type](length);
  if (how === 'bits') {
    const doubles = new Float64Array(length);
    fromPlanes(bytes, new Uint8Array(doubles.buffer), length, DOUBLE_BYTES);
    column.set(doubles);
    return column;
  }
  const words = new Uint32Array(length);
  fromPlanes(bytes, new Uint8Array(words.buffer), length, WORD_BYTES);
  let before = 0;
  for (let i = 0; i < length; i++) {
    const value = unfold(words[i]);
    column[i] = how === 'steps' ? before + value : value;
    before = column[i];
  }
  return column;
}

function typeOf(value: unknown): ColumnType | null {
  const found = Object.entries(ARRAYS).find(([, array]) => value instanceof array);
  return found === undefined ? null : (found[0] as ColumnType);
}

/** The way in which the numbers become smallest, so that most bytes are 0. */
function chooseHow(column: Column): PackedColumn['how'] {
  let plain = 0;
  let steps = 0;
  let before = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (!Number.isInteger(value) || Object.is(value, -0)) {
      return 'bits';
    }
    plain += Math.abs(value) > MOST ? Infinity : Math.log2(1 + Math.abs(value));
    const step = Math.abs(value - before);
    steps += step > MOST ? Infinity : Math.log2(1 + step);
    before = value;
  }
  if (plain === Infinity && steps === Infinity) {
    return 'bits';
  }
  return steps < plain ? 'steps' : 'plain';
}

function pack(column: Column, how: PackedColumn['how']): Uint8Array {
  const { length } = column;
  if (how === 'bits') {
    return toPlanes(new Uint8Array(Float64Array.from(column).buffer), length, DOUBLE_BYTES);
  }
  const words = new Uint32Array(length);
  let before = 0;
  for (let i = 0; i < length; i++) {
    words[i] = fold(how === 'steps' ? column[i] - before : column[i]);
    before = column[i];
  }
  return toPlanes(new Uint8Array(words.buffer), length, WORD_BYTES);
}

/** 0, -1, 1, -2, … become 0, 1, 2, 3, … */
function fold(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unfold(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

function toPlanes(bytes: Uint8Array, length: number, width: number): Uint8Array {
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0; i < length; i++) {
      planes[plane * length + i] = bytes[i * width + plane];
    }
  }
  return planes;
}

function fromPlanes(planes: Uint8Array, bytes: Uint8Array, length: number, width: number): void {
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0; i < length; i++) {
      bytes[i * width + plane] = planes[plane * length + i];
    }
  }
}
