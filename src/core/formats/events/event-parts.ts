import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { PartReader, ReadOptions } from '../format.ts';
import { MAX_TABLE_BYTES } from '../json/field-reader.ts';
import { EventDocument } from '../json/event-document.ts';
import type { PartEnding, PartPlace, TracePart } from '../parts.ts';
import { MAX_LANES } from '../trace/lane-table.ts';
import { addPacked, mapSpan, packBuilder } from '../trace/packed-builder.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { addBounded } from './bounded-spans.ts';
import type { Dialect } from './dialect.ts';
import { finishEvents, type EventFormat } from './event-format.ts';
import { EventReader } from './event-reader.ts';
import { EVENT_DOCUMENT } from './read-events.ts';

/** Reads files of trace events in parts. `create` gives a format that has read nothing yet. */
export function eventParts(create: () => EventFormat): PartReader {
  return {
    async readPart(source, place, options) {
      const members: [string, Uint8Array | null][] = [];
      const part = new PartInWork(create().dialect, (key, value) =>
        members.push([key, value?.slice() ?? null]),
      );
      await part.read(source, place, options);
      return { ...part.ending(place), members, builder: packBuilder(part.builder) };
    },

    async readFirst(source, place, options) {
      const format = create();
      const part = new PartInWork(format.dialect, (key, value) => format.onMember(key, value));
      await part.read(source, place, options);
      return { join: (others) => joinParts(part, part.ending(place), others, format) };
    },
  };
}

class PartInWork {
  readonly builder = new TraceBuilder();
  readonly #reader: EventReader;
  #stoppedAt: number | null = null;
  #byteLength = 0;

  constructor(dialect: Dialect, onMember: (key: string, value: Uint8Array | null) => void) {
    this.#reader = new EventReader(this.builder, dialect, onMember);
  }

  async read(source: ByteSource, place: PartPlace, options: ReadOptions): Promise<void> {
    const sink = new EventDocument({ ...EVENT_DOCUMENT, ...place }, this.#reader);
    this.#byteLength = await feed(source, sink, this.builder.log, options);
    this.#stoppedAt = sink.stoppedAt;
  }

  ending(place: PartPlace): PartEnding {
    const { hasStacks, bounded, metadata, isEntangled } = this.#reader;
    return {
      place,
      stoppedAt: this.#stoppedAt,
      byteLength: Math.min(this.#byteLength, place.end - place.start),
      hasStacks,
      bounded,
      epochUs: metadata.epochUs,
      isEntangled,
    };
  }
}

/** Null where the parts do not follow one another exactly, or need each other to be understood. */
function joinParts(
  { builder }: PartInWork,
  first: PartEnding,
  others: TracePart[],
  format: EventFormat,
): Trace | null {
  let { hasStacks, epochUs, byteLength, stoppedAt } = first;
  const bounded = [...first.bounded];
  if (first.isEntangled || !builder.time.isWhole) {
    return null;
  }
  for (let part = others.shift(); part !== undefined; part = others.shift()) {
    const isNext = part.place.start === stoppedAt && !part.isEntangled;
    const maps = isNext ? addPacked(builder, part.builder) : null;
    if (maps === null) {
      return null;
    }
    bounded.push(...part.bounded.map((row) => mapSpan(row, maps)));
    part.members.forEach(([key, value]) => format.onMember(key, value));
    hasStacks ||= part.hasStacks;
    epochUs = part.epochUs ?? epochUs;
    byteLength += part.byteLength;
    stoppedAt = part.stoppedAt;
  }
  if (!isWhole(builder, format) || stoppedAt !== null) {
    return null;
  }
  addBounded(bounded, builder);
  return finishEvents(builder, format, { hasStacks, epochUs, byteLength });
}

/** Whether nothing in it must be read in order: which events are of which clock, and what does not fit tables. */
function isWhole({ lanes, strings }: TraceBuilder, format: EventFormat): boolean {
  const isOfOneClock = (format.clockShiftNs?.() ?? 0n) === 0n;
  return (
    isOfOneClock && lanes.processOf.length <= MAX_LANES && strings.byteLength <= MAX_TABLE_BYTES
  );
}
