import { PbfWriter } from 'pbf';

/** A scalar as PyTorch (`simple_value`) or TensorFlow 2 (`tensor`) writes it. */
export interface DrawnScalar {
  readonly wallTime: number;
  readonly step: number;
  readonly tag: string;
  readonly value: number;
  readonly isTensor?: boolean;
}

/** An event file of TensorBoard: its header and one record a scalar. */
export function drawEvents(scalars: readonly DrawnScalar[]): Uint8Array {
  const header = new PbfWriter();
  header.writeDoubleField(1, scalars[0]?.wallTime ?? 0);
  header.writeStringField(3, 'brain.Event:2');
  return join([record(header.finish()), ...scalars.map((scalar) => record(eventOf(scalar)))]);
}

function eventOf({ wallTime, step, tag, value, isTensor = false }: DrawnScalar): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(1, wallTime);
  event.writeVarintField(2, step);
  event.writeBytesField(5, message(1, valueOf(tag, value, isTensor)));
  return event.finish();
}

function valueOf(tag: string, value: number, isTensor: boolean): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeStringField(1, tag);
  if (isTensor) {
    const tensor = new PbfWriter();
    tensor.writeVarintField(1, 1);
    tensor.writeBytesField(2, new Uint8Array());
    tensor.writePackedFloat(5, [value]);
    pbf.writeBytesField(8, tensor.finish());
  } else {
    pbf.writeFloatField(2, value);
  }
  return pbf.finish();
}

function message(field: number, bytes: Uint8Array): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeBytesField(field, bytes);
  return pbf.finish();
}

/** Length, its checksum, data, its checksum. */
export function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, data.length, true);
  return join([length, checksum(length), data, checksum(data)]);
}

function checksum(bytes: Uint8Array): Uint8Array {
  const crc = bitwiseCrc32c(bytes);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, masked, true);
  return out;
}

/** By the definition, a bit at a time, unlike the reader's table. */
export function bitwiseCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = isOdd ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
