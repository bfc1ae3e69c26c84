import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { SpanLineTrace } from './span-line-trace.ts';

export async function readSpanLines(source: ByteSource, options: ReadOptions): Promise<Trace> {
  const trace = new SpanLineTrace(options.selection);
  const byteLength = await feed(source, trace.document, trace.builder.log, options);
  return trace.finish(byteLength);
}
