import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { FieldStream } from '../protobuf/field-stream.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { UNKNOWN_ORIGIN } from '../trace/unknown-origin.ts';
import { MAX_PACKET_BYTES, PacketVisitor } from './packet-visitor.ts';

const NO_BYTES = new Uint8Array(0);

/** Reads a trace packet by packet: no more of it is in memory than one. */
export async function readPackets(source: ByteSource, options: ReadOptions): Promise<Trace> {
  const builder = new TraceBuilder(options.selection);
  const packets = new PacketVisitor(builder, options);
  const stream = new FieldStream(packets, MAX_PACKET_BYTES);
  const byteLength = await feed(source, stream, builder.log, options);
  packets.events.finish();
  if (builder.log.counts.read === 0 && builder.log.problems.length === 0) {
    builder.log.describe('unreadable', 0, NO_EVENTS, NO_BYTES);
  }
  if (packets.clocks.hasUnknown) {
    builder.log.describe('repaired', 0, UNKNOWN_CLOCK, NO_BYTES);
  }
  return builder.finish({
    clockZeroNs: packets.clocks.zeroNs,
    meta: { format: 'perfetto', ...UNKNOWN_ORIGIN, hasStacks: false },
    showsProcess: packets.events.tracks.finish(),
    byteLength,
  });
}

const NO_EVENTS =
  'This Perfetto trace has no track events: it may be of a whole system, of which this version reads none. Open what rocprofv3 --output-format pftrace writes, or a trace of a program that marks its work with TRACE_EVENT.';

const UNKNOWN_CLOCK =
  'some times are of a clock that the trace does not explain: they are taken as those of the others';
