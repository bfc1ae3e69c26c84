import { Deserializer, Serializer } from 'node:v8';
import { assert } from '../../base/assert.ts';

const ARRAYS = [
  Float64Array,
  Float32Array,
  Uint32Array,
  Int32Array,
  Uint16Array,
  Int16Array,
  Uint8Array,
  Int8Array,
  BigUint64Array,
  BigInt64Array,
] as const;

/** Every column begins where any typed array may begin. */
const ALIGNMENT = 8;

const PADDING = new Uint8Array(ALIGNMENT);

/** What these classes of Node call, and its types do not name. */
interface Hooks {
  _setTreatArrayBufferViewsAsHostObjects(isOn: boolean): void;
}

/** Writes typed arrays as places in what follows; the rest as V8 does. */
class PlainWriter extends Serializer {
  readonly columns: Uint8Array[] = [];
  #end = 0;

  constructor() {
    super();
    (this as unknown as Hooks)._setTreatArrayBufferViewsAsHostObjects(true);
  }

  /** Called by V8. */
  protected _writeHostObject(view: ArrayBufferView): void {
    const kind = ARRAYS.findIndex((array) => view instanceof array);
    if (kind < 0) {
      throw new TypeError(`${Object.prototype.toString.call(view)} is no column`);
    }
    this.writeUint32(kind);
    this.writeDouble(this.#end);
    this.writeDouble(view.byteLength);
    this.columns.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    this.#end = aligned(this.#end + view.byteLength);
  }
}

/** Gives typed arrays that lie in the bytes themselves. */
class PlainReader extends Deserializer {
  constructor(
    head: Uint8Array,
    private readonly body: ArrayBuffer,
    private readonly bodyStart: number,
  ) {
    super(head);
  }

  /** Called by V8. */
  protected _readHostObject(): ArrayBufferView {
    const array = ARRAYS[this.readUint32()];
    assert(array !== undefined, 'there is no such kind of column');
    const start = this.readDouble();
    const byteLength = this.readDouble();
    return new array(this.body, this.bodyStart + start, byteLength / array.BYTES_PER_ELEMENT);
  }
}

/**
 * Plain data (what structured clones can be made of) as pieces of bytes. Columns are given as they lie in memory:
 * nothing is copied, and whoever holds a piece sees what its array holds.
 */
export function* packPlain(value: unknown): Generator<Uint8Array, void> {
  const writer = new PlainWriter();
  writer.writeHeader();
  writer.writeValue(value);
  const head = writer.releaseBuffer();
  const length = new DataView(new ArrayBuffer(ALIGNMENT));
  length.setFloat64(0, head.length, true);
  yield new Uint8Array(length.buffer);
  for (const piece of [head, ...writer.columns]) {
    yield piece;
    yield PADDING.subarray(0, aligned(piece.length) - piece.length);
  }
}

/** What {@link packPlain} packed; typed arrays share the memory of `bytes`. Trusts the bytes. */
export function unpackPlain(bytes: ArrayBuffer): unknown {
  const headLength = new DataView(bytes).getFloat64(0, true);
  const head = new Uint8Array(bytes, ALIGNMENT, headLength);
  const reader = new PlainReader(head, bytes, ALIGNMENT + aligned(headLength));
  reader.readHeader();
  return reader.readValue() as unknown;
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
