import { COLUMN_ARRAYS } from '../../base/column-arrays.ts';

export type ColumnType = keyof typeof COLUMN_ARRAYS;

type Column = InstanceType<(typeof COLUMN_ARRAYS)[ColumnType]>;

/**
 * `plain` whole numbers, or the `steps` from each to the next, in planes of bytes: first the lowest of all, then
 * the next, so that compression leaves little of those that are 0. `bits` are the bytes of doubles.
 */
export interface PackedColumn {
  readonly type: ColumnType;
  readonly how: 'plain' | 'steps' | 'bits';
  /** Bytes a value: 4 where all numbers are small, else 8. */
  readonly width: 4 | 8;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const WORD = 2 ** 32;
/** What is farther from 0 is not exact once it is folded. */
const MOST = 2 ** 52 - 1;

/** Null for what is no typed array of ours. */
export function packColumn(value: unknown): PackedColumn | null {
  const type = typeOf(value);
  if (type === null) {
    return null;
  }
  const column = value as Column;
  const choice = chooseHow(column);
  return { type, ...choice, length: column.length, bytes: pack(column, choice) };
}

export function unpackColumn({ type, how, width, length, bytes }: PackedColumn): Column {
  const column = new COLUMN_ARRAYS[type](length);
  if (how === 'bits') {
    const doubles = new Float64Array(length);
    fromPlanes(bytes, new Uint8Array(doubles.buffer), length, width);
    column.set(doubles);
    return column;
  }
  const perValue = width / 4;
  const words = new Uint32Array(perValue * length);
  fromPlanes(bytes, new Uint8Array(words.buffer), length, width);
  let before = 0;
  for (let i = 0; i < length; i++) {
    const high = perValue === 2 ? words[2 * i + 1] * WORD : 0;
    const value = unfold(words[perValue * i] + high);
    column[i] = how === 'steps' ? before + value : value;
    before = column[i];
  }
  return column;
}

function typeOf(value: unknown): ColumnType | null {
  const found = Object.entries(COLUMN_ARRAYS).find(([, array]) => value instanceof array);
  return found === undefined ? null : (found[0] as ColumnType);
}

type Choice = Pick<PackedColumn, 'how' | 'width'>;

const BITS: Choice = { how: 'bits', width: 8 };

/** The way in which the numbers become smallest, so that most bytes are 0. */
function chooseHow(column: Column): Choice {
  let plain = 0;
  let steps = 0;
  let mostPlain = 0;
  let mostStep = 0;
  let before = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (!Number.isInteger(value) || Object.is(value, -0)) {
      return BITS;
    }
    mostPlain = Math.max(mostPlain, Math.abs(value));
    mostStep = Math.max(mostStep, Math.abs(value - before));
    plain += Math.abs(value) > MOST ? Infinity : Math.log2(1 + Math.abs(value));
    const step = Math.abs(value - before);
    steps += step > MOST ? Infinity : Math.log2(1 + step);
    before = value;
  }
  if (plain === Infinity && steps === Infinity) {
    return BITS;
  }
  const widthOf = (most: number) => (2 * most < WORD ? 4 : 8);
  return steps < plain
    ? { how: 'steps', width: widthOf(mostStep) }
    : { how: 'plain', width: widthOf(mostPlain) };
}

function pack(column: Column, { how, width }: Choice): Uint8Array {
  const { length } = column;
  if (how === 'bits') {
    return toPlanes(new Uint8Array(Float64Array.from(column).buffer), length, width);
  }
  const perValue = width / 4;
  const words = new Uint32Array(perValue * length);
  let before = 0;
  for (let i = 0; i < length; i++) {
    const folded = fold(how === 'steps' ? column[i] - before : column[i]);
    words[perValue * i] = folded % WORD;
    if (perValue === 2) {
      words[2 * i + 1] = Math.floor(folded / WORD);
    }
    before = column[i];
  }
  return toPlanes(new Uint8Array(words.buffer), length, width);
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
