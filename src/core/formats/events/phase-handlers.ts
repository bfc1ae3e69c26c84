/** What reads an event of each kind: null, or why it is dropped. */
export interface PhaseReader {
  readSpan(offset: number): string | null;
  readThreadEnd(offset: number, isBegin: boolean): string | null;
  readAsyncEnd(offset: number, isBegin: boolean): string | null;
  readInstant(): string | null;
  readFlow(part: 0 | 1 | 2): string | null;
  readCounter(): string | null;
  readMetadata(): string | null;
}

type Handler = (reader: PhaseReader, offset: number) => string | null;

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
