import type { Trace, TraceMeta } from '../../model/trace.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';
import type { Dialect } from './dialect.ts';

/** What the reader of a dialect adds to the events. */
export interface EventFormat {
  readonly dialect: Dialect;
  /** Whether the names of processes belong into the names of lanes. */
  readonly showsProcess: boolean;
  /** A member of the object around the events. */
  onMember(key: string, value: Uint8Array | null): void;
  /** Unix time of the file's time 0 as its members tell; null where they do not. */
  clockZeroNs(): bigint | null;
  /** How much later than in the first document of the file the time 0 of the events to come is; absent is not at all. */
  clockShiftNs?(): bigint;
  meta(): Omit<TraceMeta, 'originNs' | 'hasStacks'>;
}

/** 2001 to 2096 in microseconds since 1970: times in this range are absolute. */
const EPOCH_US = { min: 1e15, max: 4e15 };

export interface EventsRead {
  readonly hasStacks: boolean;
  /** Unix time of the file's time 0, where an event told it. */
  readonly epochUs: number | null;
  readonly byteLength: number;
}

/** The trace, when all events are in the builder. */
export function finishEvents(
  builder: TraceBuilder,
  format: EventFormat,
  { hasStacks, epochUs, byteLength }: EventsRead,
): Trace {
  return builder.finish({
    clockZeroNs: clockZeroOf(format, epochUs, builder),
    meta: { ...format.meta(), hasStacks },
    showsProcess: format.showsProcess,
    byteLength,
  });
}

function clockZeroOf(
  format: EventFormat,
  epochUs: number | null,
  builder: TraceBuilder,
): bigint | null {
  const zeroNs = format.clockZeroNs();
  if (zeroNs !== null) {
    return zeroNs;
  }
  if (epochUs !== null) {
    return BigInt(Math.round(epochUs)) * 1000n;
  }
  const originUs = builder.time.originUs ?? 0;
  return originUs > EPOCH_US.min && originUs < EPOCH_US.max ? 0n : null;
}
