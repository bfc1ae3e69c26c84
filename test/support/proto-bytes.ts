/** The value of a field of a protocol buffer; an array is a message. */
export type ProtoValue =
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly double: number }
  | { readonly fixed64: bigint }
  | ProtoMessage;

export type ProtoMessage = readonly (readonly [field: number, value: ProtoValue])[];

/** Writes a protocol buffer, without the library that it is read with. */
export function protoBytes(message: ProtoMessage): Uint8Array {
  const bytes: number[] = [];
  for (const [field, value] of message) {
    append(bytes, field, value);
  }
  return Uint8Array.from(bytes);
}

function append(bytes: number[], field: number, value: ProtoValue): void {
  if (typeof value === 'number' || typeof value === 'bigint') {
    bytes.push(...varint(BigInt(field) << 3n), ...varint(BigInt(value)));
  } else if (typeof value === 'object' && 'double' in value) {
    const eight = new Uint8Array(new Float64Array([value.double]).buffer);
    bytes.push(...varint((BigInt(field) << 3n) | 1n), ...eight);
  } else if (typeof value === 'object' && 'fixed64' in value) {
    const eight = new Uint8Array(new BigUint64Array([value.fixed64]).buffer);
    bytes.push(...varint((BigInt(field) << 3n) | 1n), ...eight);
  } else {
    const content =
      typeof value === 'string'
        ? new TextEncoder().encode(value)
        : value instanceof Uint8Array
          ? value
          : protoBytes(value);
    bytes.push(...varint((BigInt(field) << 3n) | 2n), ...varint(BigInt(content.length)));
    for (const byte of content) {
      bytes.push(byte);
    }
  }
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** A field as it stands in the bytes. `end` is -1 where it is not whole. */
export interface RawField {
  readonly field: number;
  readonly type: number;
  readonly value: bigint;
  readonly start: number;
  readonly end: number;
}

/** Goes through a message to where it ends or is cut; for counting what a reader should find. */
export function* fieldsOf(bytes: Uint8Array, from = 0, to = bytes.length): Generator<RawField> {
  let p = from;
  const read = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; p < to; shift += 7n) {
      const byte = bytes[p++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    return null;
  };
  while (p < to) {
    const tag = read();
    if (tag === null) {
      return;
    }
    const field = Number(tag >> 3n);
    const type = Number(tag & 7n);
    const value = type === 0 || type === 2 ? read() : 0n;
    if (value === null) {
      return;
    }
    const start = p;
    const length = type === 2 ? Number(value) : type === 1 ? 8 : type === 5 ? 4 : 0;
    const isWhole = start + length <= to;
    yield { field, type, value, start, end: isWhole ? start + length : -1 };
    p = start + length;
  }
}
