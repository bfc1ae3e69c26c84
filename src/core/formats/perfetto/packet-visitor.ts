import type { ReadOptions } from '../format.ts';
import { FieldStream, type FieldVisitor, type WholeField } from '../protobuf/field-stream.ts';
import { WireCursor } from '../protobuf/wire-cursor.ts';
import { OUTSIDE } from '../trace/selection.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import { BOOTTIME, Clocks } from './clocks.ts';
import { PACKET, SEQUENCE_FLAGS, TRACE } from './schema.ts';
import { Sequence } from './sequence.ts';
import { TrackEventReader } from './track-event-reader.ts';

/** Writers keep packets below 512 KiB; some tools write one of all that they have. */
export const MAX_PACKET_BYTES = 64 << 20;

/** A packed packet holds others, which hold no packed ones. */
const MAX_UNPACKED_BYTES = 16 << 20;
/** Traces pack to a tenth; what unpacks to more than this is a bomb. So much is free. */
const MAX_RATIO = 100;
const FREE_BYTES = 256 << 20;

const MAX_SEQUENCES = 65_536;
const MAX_EXCERPT_BYTES = 120;

const NO_BYTES = new Uint8Array(0);
const NO_RANGE = { start: 0, end: -1 };

interface Range {
  start: number;
  end: number;
}

/** What a packet has, found before it is read: its fields come in any order. */
interface Packet {
  time: number | bigint | null;
  clock: number | null;
  sequence: number;
  flags: number;
  isAfterLoss: boolean;
  snapshot: Range;
  interned: Range;
  defaults: Range;
  track: Range;
  event: Range;
  packed: Range;
  isZstd: boolean;
}

/** Takes the packets of a trace one by one. */
export class PacketVisitor implements FieldVisitor {
  readonly clocks = new Clocks();
  readonly events: TrackEventReader;
  /** Packets of all kinds, packed ones included. */
  packetCount = 0;
  readonly #sequences = new Map<number, Sequence>();
  readonly #cursor = new WireCursor();
  #packedBytes = 0;
  #unpackedBytes = 0;
  #isUnpacking = false;

  constructor(
    private readonly builder: TraceBuilder,
    private readonly options: ReadOptions,
  ) {
    this.events = new TrackEventReader(builder, this.clocks);
  }

  wants(field: number): boolean {
    return field === TRACE.packet;
  }

  onField({ bytes, start, end, fileOffset }: WholeField): void {
    this.packetCount++;
    const packet = this.#find(bytes, start, end);
    if (packet === null) {
      this.#drop(bytes, { start, end }, fileOffset, 'this packet has bytes that are no field');
      return;
    }
    if (packet.packed.end >= 0) {
      this.#unpack(bytes, packet, fileOffset);
      return;
    }
    const sequence = this.#sequence(packet.sequence);
    this.#readState(bytes, packet, sequence);
    if (packet.track.end >= 0) {
      this.events.tracks.describe(bytes, packet.track.start, packet.track.end);
    }
    if (packet.event.end >= 0) {
      this.#readEvent(bytes, packet, sequence, fileOffset);
    }
  }

  onCut({ bytes, start, end, fileOffset }: WholeField): void {
    const excerpt = bytes.subarray(start, Math.min(end, start + MAX_EXCERPT_BYTES));
    this.builder.log.cut(fileOffset, 'the file ends within this packet', excerpt);
  }

  onTooLarge(_field: number, fileOffset: number): void {
    this.builder.log.drop(fileOffset, 'this packet is too large to be one', NO_BYTES);
  }

  onMalformed(fileOffset: number, bytes: Uint8Array): void {
    this.builder.log.drop(fileOffset, 'what follows is no packet and was not read', bytes);
  }

  /** Null where it is damaged. */
  #find(bytes: Uint8Array, start: number, end: number): Packet | null {
    const packet: Packet = {
      time: null,
      clock: null,
      sequence: 0,
      flags: 0,
      isAfterLoss: false,
      snapshot: NO_RANGE,
      interned: NO_RANGE,
      defaults: NO_RANGE,
      track: NO_RANGE,
      event: NO_RANGE,
      packed: NO_RANGE,
      isZstd: false,
    };
    const cursor = this.#cursor.open(bytes, start, end);
    while (cursor.next()) {
      if (!findNumber(cursor, packet)) {
        findRange(cursor, packet);
      }
    }
    return cursor.isSound ? packet : null;
  }

  #sequence(id: number): Sequence {
    const key = this.#sequences.size < MAX_SEQUENCES || this.#sequences.has(id) ? id : 0;
    let sequence = this.#sequences.get(key);
    if (sequence === undefined) {
      sequence = new Sequence(key);
      this.#sequences.set(key, sequence);
    }
    return sequence;
  }

  #readState(bytes: Uint8Array, packet: Packet, sequence: Sequence): void {
    const { snapshot, interned, defaults, flags } = packet;
    if (packet.isAfterLoss) {
      sequence.isValid = false;
    }
    if ((flags & SEQUENCE_FLAGS.cleared) !== 0) {
      sequence.clear();
    }
    if (interned.end >= 0) {
      sequence.intern(bytes, interned.start, interned.end);
    }
    if (defaults.end >= 0) {
      sequence.readDefaults(bytes, defaults.start, defaults.end);
    }
    if (snapshot.end >= 0) {
      this.clocks.readSnapshot(bytes, snapshot.start, snapshot.end, sequence.id);
    }
  }

  #readEvent(bytes: Uint8Array, packet: Packet, sequence: Sequence, fileOffset: number): void {
    const needsState = (packet.flags & SEQUENCE_FLAGS.needsState) !== 0;
    const reason =
      needsState && !sequence.isValid
        ? 'packets were lost before this one, with the names that it refers to'
        : this.events.read({
            bytes,
            ...packet.event,
            time: packet.time,
            clock: packet.clock ?? sequence.clock ?? BOOTTIME,
            sequence,
          });
    if (reason === null) {
      this.builder.log.keep();
    } else if (reason !== OUTSIDE) {
      this.#drop(bytes, packet.event, fileOffset, reason);
    }
  }

  #unpack(bytes: Uint8Array, { packed, isZstd }: Packet, fileOffset: number): void {
    const content = bytes.subarray(packed.start, packed.end);
    this.#packedBytes += content.length;
    const free = FREE_BYTES + MAX_RATIO * this.#packedBytes - this.#unpackedBytes;
    const { inflate } = this.options;
    if (this.#isUnpacking || isZstd || inflate === undefined) {
      this.#drop(bytes, packed, fileOffset, PACKED_OTHERWISE);
      return;
    }
    const unpacked = inflate(content, Math.max(1, Math.min(MAX_UNPACKED_BYTES, free)));
    if (unpacked === null) {
      this.#drop(bytes, packed, fileOffset, 'these packed packets are damaged, or far too large');
      return;
    }
    this.#unpackedBytes += unpacked.length;
    this.#isUnpacking = true;
    const stream = new FieldStream(new Unpacked(this, fileOffset), MAX_PACKET_BYTES);
    stream.push(unpacked);
    stream.finish();
    this.#isUnpacking = false;
  }

  #drop(bytes: Uint8Array, { start, end }: Range, fileOffset: number, reason: string): void {
    const excerpt = bytes.subarray(start, Math.min(end, start + MAX_EXCERPT_BYTES));
    this.builder.log.drop(fileOffset, reason, excerpt);
  }
}

const PACKED_OTHERWISE =
  'these packets are packed in a way that is not read here: write the trace without compression';

/** What is unpacked lies, for the user, where it was packed. */
class Unpacked implements FieldVisitor {
  constructor(
    private readonly visitor: PacketVisitor,
    private readonly fileOffset: number,
  ) {}

  wants(field: number): boolean {
    return this.visitor.wants(field);
  }

  onField(field: WholeField): void {
    this.visitor.onField({ ...field, fileOffset: this.fileOffset });
  }

  onCut(field: WholeField): void {
    this.visitor.onCut({ ...field, fileOffset: this.fileOffset });
  }

  onTooLarge(field: number): void {
    this.visitor.onTooLarge(field, this.fileOffset);
  }

  onMalformed(_offset: number, bytes: Uint8Array): void {
    this.visitor.onMalformed(this.fileOffset, bytes);
  }
}

function findNumber(cursor: WireCursor, packet: Packet): boolean {
  switch (cursor.field) {
    case PACKET.timestamp:
      packet.time = cursor.integer();
      return true;
    case PACKET.clock:
      packet.clock = cursor.number();
      return true;
    case PACKET.sequence:
      packet.sequence = cursor.number();
      return true;
    case PACKET.sequenceFlags:
      packet.flags |= cursor.number();
      return true;
    case PACKET.isCleared:
      packet.flags |= cursor.number() === 0 ? 0 : SEQUENCE_FLAGS.cleared;
      return true;
    case PACKET.isAfterLoss:
      packet.isAfterLoss = cursor.number() !== 0;
      return true;
    default:
      return false;
  }
}

function findRange({ field, start, end }: WireCursor, packet: Packet): void {
  const range = { start, end };
  switch (field) {
    case PACKET.clockSnapshot:
      packet.snapshot = range;
      break;
    case PACKET.internedData:
      packet.interned = range;
      break;
    case PACKET.defaults:
      packet.defaults = range;
      break;
    case PACKET.trackDescriptor:
      packet.track = range;
      break;
    case PACKET.trackEvent:
      packet.event = range;
      break;
    case PACKET.compressed:
    case PACKET.compressedZstd:
      packet.packed = range;
      packet.isZstd = field === PACKET.compressedZstd;
      break;
  }
}
