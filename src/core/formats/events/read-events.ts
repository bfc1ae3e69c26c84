import type { TraceMeta } from '../../model/trace.ts';
import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { readHead } from '../head.ts';
import { EventDocument } from '../json/event-document.ts';
import { LineDocument } from '../json/line-document.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Dialect } from './dialect.ts';
import { EVENT_LAYOUT } from './event-layout.ts';
import { EventReader } from './event-reader.ts';
import { EVENT_KEYS, MAX_EVENT_BYTES, probeEvents } from './probe-events.ts';

/** What the reader of a dialect adds to the events. */
export interface EventFormat {
  readonly dialect: Dialect;
  /** Whether the names of processes belong into the names of lanes. */
  readonly showsProcess: boolean;
  /** A member of the object around the events. */
  onMember(key: string, value: Uint8Array | null): void;
  /** Unix time of the file's time 0 as its members tell; null where they do not. */
  clockZeroNs(): bigint | null;
  meta(): Omit<TraceMeta, 'originNs' | 'hasStacks'>;
}

/** 2001 to 2096 in microseconds since 1970: times in this range are absolute. */
const EPOCH_US = { min: 1e15, max: 4e15 };

/** Reads a file of trace events in any of its shapes. */
export async function readEvents(
  source: ByteSource,
  options: ReadOptions,
  format: EventFormat,
): Promise<Trace> {
  const { head, source: whole } = await readHead(source, options.signal);
  const { shape } = probeEvents(head);
  const builder = new TraceBuilder();
  const reader = new EventReader(builder, format.dialect, (key, value) =>
    format.onMember(key, value),
  );
  const sink =
    shape === 'lines'
      ? new LineDocument(EVENT_LAYOUT, MAX_EVENT_BYTES, reader)
      : new EventDocument(
          {
            shape: shape ?? 'array',
            layout: EVENT_LAYOUT,
            eventKeys: EVENT_KEYS,
            maxEventBytes: MAX_EVENT_BYTES,
          },
          reader,
        );
  const byteLength = await feed(whole, sink, builder.log, options);
  reader.finish();
  return builder.finish({
    clockZeroNs: clockZeroOf(format, reader, builder),
    meta: { ...format.meta(), hasStacks: reader.hasStacks },
    showsProcess: format.showsProcess,
    byteLength,
  });
}

function clockZeroOf(
  format: EventFormat,
  reader: EventReader,
  builder: TraceBuilder,
): bigint | null {
  const zeroNs = format.clockZeroNs();
  if (zeroNs !== null) {
    return zeroNs;
  }
  if (reader.metadata.epochUs !== null) {
    return BigInt(Math.round(reader.metadata.epochUs)) * 1000n;
  }
  const originUs = builder.time.originUs ?? 0;
  return originUs > EPOCH_US.min && originUs < EPOCH_US.max ? 0n : null;
}
