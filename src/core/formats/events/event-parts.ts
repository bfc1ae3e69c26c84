import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { PartReader, ReadOptions } from '../format.ts';
import { MAX_TABLE_BYTES } from '../json/field-reader.ts';
import { EventDocument } from '../json/event-document.ts';
import type { PartPlace, TracePart } from '../parts.ts';
import { MAX_LANES } from '../trace/lane-table.ts';
import { addPacked, mapSpan, packBuilder } from '../trace/packed-builder.ts';
import type { SpanRow } from '../trace/span-columns.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { addBounded } from './bounded-spans.ts';
import type { Dialect } from './dialect.ts';
import { finishEvents, type EventFormat } from './event-format.ts';
import { EventReader } from './event-reader.ts';
import { EVENT_DOCUMENT } from './read-events.ts';

/** Reads files of trace events in parts. `create` gives a format that has read nothing yet. */
export function eventParts(create: () => EventFormat): PartReader {
  return {
    readPart: (source, place, options) => readPart(source, place, options, create().dialect),
    join: (parts) => joinParts(parts, create()),
  };
}

async function readPart(
  source: ByteSource,
  place: PartPlace,
  options: ReadOptions,
  dialect: Dialect,
): Promise<TracePart> {
  const builder = new TraceBuilder();
  const members: [string, Uint8Array | null][] = [];
  const reader = new EventReader(builder, dialect, (key, value) =>
    members.push([key, value?.slice() ?? null]),
  );
  const sink = new EventDocument({ ...EVENT_DOCUMENT, ...place }, reader);
  const byteLength = await feed(source, sink, builder.log, options);
  const isOdd = builder.lanes.processOf.length > MAX_LANES;
  return {
    place,
    stoppedAt: sink.stoppedAt,
    byteLength: Math.min(byteLength, place.end - place.start),
    members,
    hasStacks: reader.hasStacks,
    epochUs: reader.metadata.epochUs,
    bounded: reader.bounded,
    isEntangled: reader.isEntangled || isOdd,
    builder: packBuilder(builder),
  };
}

/** Null where the parts do not follow one another exactly, or need each other to be understood. */
function joinParts(parts: readonly TracePart[], format: EventFormat): Trace | null {
  const builder = new TraceBuilder();
  const bounded: SpanRow[] = [];
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1]?.place.start ?? null;
    const maps =
      part.isEntangled || part.stoppedAt !== next ? null : addPacked(builder, part.builder);
    if (maps === null) {
      return null;
    }
    bounded.push(...part.bounded.map((row) => mapSpan(row, maps)));
    part.members.forEach(([key, value]) => format.onMember(key, value));
  }
  if (builder.lanes.processOf.length > MAX_LANES || builder.strings.byteLength > MAX_TABLE_BYTES) {
    return null;
  }
  addBounded(bounded, builder);
  return finishEvents(builder, format, {
    hasStacks: parts.some((part) => part.hasStacks),
    epochUs: parts.findLast((part) => part.epochUs !== null)?.epochUs ?? null,
    byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
  });
}
