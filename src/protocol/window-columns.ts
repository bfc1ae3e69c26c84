import type { WindowRectangles } from '../core/model/timeline.ts';

/**
 * One buffer: the number of rectangles as a float64, then the columns one after the other,
 * the widest first, so that each starts at a multiple of its element's size.
 */
const BYTES_PER_RECTANGLE = 8 + 8 + 4 + 4 + 2 + 2 + 1 + 1 + 1;
const HEADER_BYTES = 8;

export function packWindow(rectangles: WindowRectangles): ArrayBuffer {
  const { length } = rectangles;
  const buffer = new ArrayBuffer(HEADER_BYTES + length * BYTES_PER_RECTANGLE);
  new Float64Array(buffer, 0, 1)[0] = length;
  const columns = layOut(buffer, length);
  columns.start.set(rectangles.start);
  columns.end.set(rectangles.end);
  columns.item.set(rectangles.item);
  columns.name.set(rectangles.name);
  columns.row.set(rectangles.row);
  columns.depth.set(rectangles.depth);
  columns.kind.set(rectangles.kind);
  columns.phase.set(rectangles.phase);
  columns.category.set(rectangles.category);
  return buffer;
}

/** The columns are views onto `buffer`. Throws a RangeError where its size does not fit its header. */
export function unpackWindow(buffer: ArrayBuffer): WindowRectangles {
  const length =
    buffer.byteLength < HEADER_BYTES ? NaN : (new Float64Array(buffer, 0, 1)[0] ?? NaN);
  if (buffer.byteLength !== HEADER_BYTES + length * BYTES_PER_RECTANGLE) {
    throw new RangeError(`a window of ${length} rectangles cannot have ${buffer.byteLength} bytes`);
  }
  return layOut(buffer, length);
}

function layOut(buffer: ArrayBuffer, length: number): WindowRectangles {
  let offset = HEADER_BYTES;
  const next = (bytesPerElement: number) => {
    const at = offset;
    offset += length * bytesPerElement;
    return at;
  };
  return {
    length,
    start: new Float64Array(buffer, next(8), length),
    end: new Float64Array(buffer, next(8), length),
    item: new Uint32Array(buffer, next(4), length),
    name: new Uint32Array(buffer, next(4), length),
    row: new Uint16Array(buffer, next(2), length),
    depth: new Uint16Array(buffer, next(2), length),
    kind: new Uint8Array(buffer, next(1), length),
    phase: new Uint8Array(buffer, next(1), length),
    category: new Uint8Array(buffer, next(1), length),
  };
}
