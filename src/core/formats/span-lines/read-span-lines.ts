import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { LineDocument } from '../json/line-document.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { MAX_LINE_BYTES, SPAN_LAYOUT } from './span-layout.ts';
import { SpanLineReader } from './span-line-reader.ts';

export async function readSpanLines(source: ByteSource, options: ReadOptions): Promise<Trace> {
  const builder = new TraceBuilder();
  const reader = new SpanLineReader(builder);
  const byteLength = await feed(
    source,
    new LineDocument(SPAN_LAYOUT, MAX_LINE_BYTES, reader),
    builder.log,
    options,
  );
  const epochs = reader.epochs.records();
  return builder.finish({
    clockZeroNs: reader.header.startUnixNs,
    meta: { ...reader.header.meta(), ...(epochs.length === 0 ? {} : { epochs }) },
    showsProcess: false,
    byteLength,
  });
}
