import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { readHead } from '../head.ts';
import { EventDocument } from '../json/event-document.ts';
import { LineDocument } from '../json/line-document.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { finishEvents, type EventFormat } from './event-format.ts';
import { EVENT_LAYOUT } from './event-layout.ts';
import { EventReader } from './event-reader.ts';
import { EVENT_KEYS, MAX_EVENT_BYTES, probeEvents } from './probe-events.ts';

/** How trace events lie in JSON. */
export const EVENT_DOCUMENT = {
  layout: EVENT_LAYOUT,
  eventKeys: EVENT_KEYS,
  maxEventBytes: MAX_EVENT_BYTES,
};

/** Reads a file of trace events in any of its shapes. */
export async function readEvents(
  source: ByteSource,
  options: ReadOptions,
  format: EventFormat,
): Promise<Trace> {
  const { head, source: whole } = await readHead(source, options.signal);
  const { shape } = probeEvents(head);
  const builder = new TraceBuilder(options.selection);
  const reader = new EventReader(builder, format.dialect, (key, value) => {
    format.onMember(key, value);
    builder.time.shift(format.clockShiftNs?.() ?? 0n);
  });
  const sink =
    shape === 'lines'
      ? new LineDocument(EVENT_LAYOUT, MAX_EVENT_BYTES, reader)
      : new EventDocument({ ...EVENT_DOCUMENT, shape: shape ?? 'array' }, reader);
  const byteLength = await feed(whole, sink, builder.log, options);
  reader.finish();
  return finishEvents(builder, format, {
    hasStacks: reader.hasStacks,
    epochUs: reader.metadata.epochUs,
    byteLength,
  });
}
