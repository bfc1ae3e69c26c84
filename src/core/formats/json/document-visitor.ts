import type { ObjectScanner } from './object-scanner.ts';

/** Told of what is found in a file of events; offsets are of the whole file, in bytes. */
export interface DocumentVisitor {
  /** The scanner holds the event's ranges, which are gone after the call. */
  onEvent(scanner: ObjectScanner, start: number, end: number, fileOffset: number): void;
  /** A member of the object around the events: small ones whole, others as null. */
  onMember(key: string, value: Uint8Array | null): void;
  onDropped(fileOffset: number, reason: string, bytes: Uint8Array): void;
  /** Something that no event is lost by. */
  onRepaired(fileOffset: number, reason: string, bytes: Uint8Array): void;
  /** The last event is not whole, or the text around it is not; `bytes` is empty if no event is lost. */
  onCut(fileOffset: number, reason: string, bytes: Uint8Array): void;
}

/** Takes the bytes of a file in chunks and tells a `DocumentVisitor` what is in them. */
export interface EventSink {
  push(chunk: Uint8Array): void;
  /** Whether it wants no more bytes, though more may come. */
  readonly isDone?: boolean;
  /** No more bytes come. */
  finish(): void;
}
