import type { PackedBuilder } from './trace/packed-builder.ts';
import type { SpanRow } from './trace/span-columns.ts';

/** Of a file that several threads read at once: from the first event of a part to that of the next. */
export interface PartPlace {
  readonly shape: 'array' | 'object';
  /** In bytes. Where it is 0 the file begins, elsewhere an event. */
  readonly start: number;
  /** `Infinity` for the last part. */
  readonly end: number;
}

/** What is known of a part when it is read, beside what is in it. */
export interface PartEnding {
  readonly place: PartPlace;
  /** Where the first event is that begins at the end of the part or behind; null where there is none. */
  readonly stoppedAt: number | null;
  readonly byteLength: number;
  readonly hasStacks: boolean;
  readonly epochUs: number | null;
  /** Spans that are to be clipped when the time of all others is known. */
  readonly bounded: readonly SpanRow[];
  /** Whether what it holds depends on what comes before it in another way than by order. */
  readonly isEntangled: boolean;
}

/** What was read of a part. All of it can be sent from thread to thread. */
export interface TracePart extends PartEnding {
  /** Members of the object around the events, in their order. */
  readonly members: readonly (readonly [key: string, value: Uint8Array | null])[];
  readonly builder: PackedBuilder;
}
