import { packColumn, unpackColumn, type ColumnType, type PackedColumn } from './pack-column.ts';

/** Plain data with typed arrays in it, as text and bytes that compress well. */
export interface PackedValue {
  readonly json: string;
  readonly columns: readonly Uint8Array[];
}

/** Stands in the text for a column: where its bytes begin, how many values, of what, and how they are packed. */
interface ColumnMark {
  readonly $column: readonly [
    offset: number,
    length: number,
    type: ColumnType,
    how: PackedColumn['how'],
    width: PackedColumn['width'],
  ];
}

interface BigMark {
  readonly $big: string;
}

interface MapMark {
  readonly $map: readonly (readonly [unknown, unknown])[];
}

/** Objects, arrays, maps, typed arrays and what JSON has; functions are left out. */
export function packValue(value: unknown): PackedValue {
  const columns: Uint8Array[] = [];
  let offset = 0;
  const json = JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') {
      return { $big: String(each) } satisfies BigMark;
    }
    if (each instanceof Map) {
      return { $map: [...(each as ReadonlyMap<unknown, unknown>)] } satisfies MapMark;
    }
    const packed = packColumn(each);
    if (packed === null) {
      return each;
    }
    const mark: ColumnMark = {
      $column: [offset, packed.length, packed.type, packed.how, packed.width],
    };
    columns.push(packed.bytes);
    offset += packed.bytes.length;
    return mark;
  });
  return { json, columns };
}

/** What {@link packValue} packed; `bytes` are its columns one after the other. */
export function unpackValue(json: string, bytes: Uint8Array): unknown {
  return JSON.parse(json, (_, each: unknown) => {
    if (isMark<ColumnMark>(each, '$column')) {
      const [offset, length, type, how, width] = each.$column;
      return unpackColumn({ type, how, width, length, bytes: bytes.subarray(offset) });
    }
    if (isMark<BigMark>(each, '$big')) {
      return BigInt(each.$big);
    }
    return isMark<MapMark>(each, '$map') ? new Map(each.$map) : each;
  });
}

function isMark<M extends object>(value: unknown, key: keyof M): value is M {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}
