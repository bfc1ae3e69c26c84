import type { Trace } from '../../model/trace.ts';
import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { ReadOptions } from '../format.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { buildLogTrace } from './build-log-trace.ts';
import { LineSplitter } from './line-splitter.ts';
import { LogCollector } from './log-collector.ts';
import type { LogDialect } from './log-dialect.ts';

/** `read = kept + dropped` counts the lines that tell of steps; other lines are no events. */
export async function readLog(
  source: ByteSource,
  options: ReadOptions,
  dialects: readonly LogDialect[],
): Promise<Trace> {
  const builder = new TraceBuilder();
  const collector = new LogCollector(dialects, builder.log);
  const splitter = new LineSplitter((bytes, offset, isWhole) =>
    collector.take(bytes, offset, isWhole),
  );
  const byteLength = await feed(source, splitter, builder.log, options);
  return buildLogTrace(builder, collector.finish(), byteLength);
}
