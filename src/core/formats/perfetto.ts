import type { Format } from './format.ts';
import { PACKET, TRACE } from './perfetto/schema.ts';
import { readPackets } from './perfetto/read-packets.ts';
import { BYTES, VARINT, WireCursor } from './protobuf/wire-cursor.ts';

/** So many packets tell what it is. */
const PROBED_PACKETS = 16;

/** Fields that only packets have, and how they stand there. */
const OWN_FIELDS: ReadonlyMap<number, number> = new Map([
  [PACKET.clockSnapshot, BYTES],
  [PACKET.timestamp, VARINT],
  [PACKET.sequence, VARINT],
  [PACKET.trackEvent, BYTES],
  [PACKET.compressed, BYTES],
  [PACKET.compressedZstd, BYTES],
  [PACKET.trackDescriptor, BYTES],
]);

/**
 * Traces of Perfetto, as rocprofv3 and programs with its TRACE_EVENT write them.
 * https://perfetto.dev/docs/reference/trace-packet-proto
 */
export const perfetto: Format = {
  id: 'perfetto',
  title: 'Perfetto trace',

  recognize({ bytes }) {
    const trace = new WireCursor().open(bytes, 0, bytes.length);
    let known = 0;
    for (let i = 0; i < PROBED_PACKETS && trace.next(); i++) {
      if (trace.field !== TRACE.packet || trace.type !== BYTES) {
        return 0;
      }
      const own = countOwnFields(trace);
      if (own < 0) {
        return 0;
      }
      known += own;
    }
    return known > 0 && !trace.isMalformed ? 0.8 : 0;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  read: readPackets,
};

/** -1 where it is no packet. */
function countOwnFields({ bytes, start, end, isCut }: WireCursor): number {
  const packet = new WireCursor().open(bytes, start, end);
  let count = 0;
  while (packet.next()) {
    const type = OWN_FIELDS.get(packet.field);
    if (type !== undefined && type !== packet.type) {
      return -1;
    }
    count += type === undefined ? 0 : 1;
  }
  return packet.isSound || (isCut && !packet.isMalformed) ? count : -1;
}
