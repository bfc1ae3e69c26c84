import type { EventReader } from './event-reader.ts';

type Handler = (reader: EventReader, offset: number) => string | null;

/** By the byte of `ph`. A handler gives null, or why the event is dropped. */
export const PHASE_HANDLERS: ReadonlyMap<number, Handler> = new Map(
  Object.entries({
    X: (reader, offset) => reader.readSpan(offset),
    B: (reader, offset) => reader.readThreadEnd(offset, true),
    E: (reader, offset) => reader.readThreadEnd(offset, false),
    b: (reader, offset) => reader.readAsyncEnd(offset, true),
    e: (reader, offset) => reader.readAsyncEnd(offset, false),
    S: (reader, offset) => reader.readAsyncEnd(offset, true),
    F: (reader, offset) => reader.readAsyncEnd(offset, false),
    i: (reader) => reader.readInstant(),
    I: (reader) => reader.readInstant(),
    R: (reader) => reader.readInstant(),
    n: (reader) => reader.readInstant(),
    T: (reader) => reader.readInstant(),
    p: (reader) => reader.readInstant(),
    s: (reader) => reader.readFlow(0),
    t: (reader) => reader.readFlow(1),
    f: (reader) => reader.readFlow(2),
    C: (reader) => reader.readCounter(),
    M: (reader) => reader.readMetadata(),
  } satisfies Record<string, Handler>).map(([phase, handler]) => [phase.charCodeAt(0), handler]),
);
