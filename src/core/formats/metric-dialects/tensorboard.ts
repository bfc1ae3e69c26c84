import { PbfReader } from 'pbf';
import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { recordLength, TfRecords } from '../metric-files/tf-records.ts';

/** Tags of the summaries in one event. */
interface ScalarEvent {
  wallTime: number;
  step: number;
  values: readonly (readonly [tag: string, value: number])[];
}

const HEADER_BYTES = 12;

/**
 * The scalars of an event file of TensorBoard.
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
 */
export const tensorboard: MetricDialect = {
  id: 'tensorboard',
  title: 'TensorBoard event file',

  isIt({ bytes }) {
    const isRecord = bytes.length > HEADER_BYTES && recordLength(bytes) > 0;
    const first = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
    return isRecord && first.includes('brain.Event:');
  },

  open(builder) {
    const rows = new Map<string, number>();
    return Object.assign(
      new TfRecords((data, offset) => {
        const event = readEvent(data);
        if (event === null) {
          builder.log.drop(offset, 'this record is no event of TensorBoard', data.subarray(0, 64));
          return;
        }
        builder.log.keep();
        for (const [tag, value] of event.values) {
          const row = rows.get(tag) ?? builder.series(tag);
          rows.set(tag, row);
          builder.add(row, { timeUs: Math.round(1e6 * event.wallTime), step: event.step }, value);
        }
      }, builder.log),
      { clock: 'unix' as const },
    );
  },
};

/** Null where it is none. */
function readEvent(data: Uint8Array): ScalarEvent | null {
  const event: ScalarEvent = { wallTime: NaN, step: 0, values: [] };
  try {
    const pbf = new PbfReader(data);
    for (let field = pbf.nextField(); field !== 0; field = pbf.nextField()) {
      if (field === 1) {
        event.wallTime = pbf.readDouble();
      } else if (field === 2) {
        event.step = pbf.readVarint(true);
      } else if (field === 5) {
        event.values = readSummary(pbf.readBytes());
      }
    }
    return Number.isFinite(event.wallTime) && pbf.pos === data.length ? event : null;
  } catch {
    // The reader throws for what is no protocol buffer.
    return null;
  }
}

function readSummary(bytes: Uint8Array): [string, number][] {
  const values: [string, number][] = [];
  const pbf = new PbfReader(bytes);
  for (let field = pbf.nextField(); field !== 0; field = pbf.nextField()) {
    const value = field === 1 ? readValue(pbf.readBytes()) : null;
    if (value !== null) {
      values.push(value);
    }
  }
  return values;
}

/** Null for pictures, histograms and texts. */
function readValue(bytes: Uint8Array): [string, number] | null {
  let tag = '';
  let value = NaN;
  const pbf = new PbfReader(bytes);
  for (let field = pbf.nextField(); field !== 0; field = pbf.nextField()) {
    if (field === 1) {
      tag = pbf.readString();
    } else if (field === 2) {
      value = pbf.readFloat();
    } else if (field === 8) {
      value = readTensor(pbf.readBytes());
    }
  }
  return tag === '' || Number.isNaN(value) ? null : [tag, value];
}

/** Fields of a `TensorProto`. */
const TYPE = 1;
const SHAPE = 2;
const CONTENT = 4;
const FLOATS = 5;
const DOUBLES = 6;
const INTS = 7;
const LONGS = 10;

/** A tensor of one number; NaN for others. https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto */
function readTensor(bytes: Uint8Array): number {
  let type = 0;
  let value = NaN;
  let content: Uint8Array | null = null;
  const pbf = new PbfReader(bytes);
  for (let field = pbf.nextField(); field !== 0; field = pbf.nextField()) {
    if (field === TYPE) {
      type = pbf.readVarint();
    } else if (field === SHAPE) {
      if (pbf.readBytes().length > 0) {
        return NaN;
      }
    } else if (field === CONTENT) {
      content = pbf.readBytes();
    } else if ([FLOATS, DOUBLES, INTS, LONGS].includes(field)) {
      value = readNumber(field, pbf.type === 2 ? new PbfReader(pbf.readBytes()) : pbf);
    }
  }
  return content === null ? value : contentNumber(type, content);
}

function readNumber(field: number, pbf: PbfReader): number {
  return field === FLOATS
    ? pbf.readFloat()
    : field === DOUBLES
      ? pbf.readDouble()
      : pbf.readVarint(true);
}

const SIZES: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 8],
  [3, 4],
  [9, 8],
]);

/** Of the types float, double, int32 and int64. */
function contentNumber(type: number, content: Uint8Array): number {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (SIZES.get(type) !== content.length) {
    return NaN;
  }
  switch (type) {
    case 1:
      return view.getFloat32(0, true);
    case 2:
      return view.getFloat64(0, true);
    case 3:
      return view.getInt32(0, true);
    default:
      return Number(view.getBigInt64(0, true));
  }
}
