import type { ByteSource } from '../byte-source.ts';
import { feed } from '../feed.ts';
import type { Head, ReadOptions } from '../format.ts';
import { readHead } from '../head.ts';
import type { MetricDialect } from './metric-dialect.ts';
import type { MetricMapping } from './metric-mapping.ts';
import type { Metrics } from '../../model/metrics.ts';
import { MetricsBuilder } from './metrics-builder.ts';

/** The dialect that these first bytes are certainly of; null where there is none. */
export function dialectOf(
  head: Head,
  dialects: readonly MetricDialect[],
  mapping: MetricMapping | null,
): MetricDialect | null {
  return dialects.find((dialect) => dialect.isIt(head, mapping)) ?? null;
}

/** Never throws for content; a file of none of the dialects has no values. */
export async function readMetrics(
  source: ByteSource,
  options: ReadOptions,
  dialects: readonly MetricDialect[],
): Promise<Metrics> {
  const builder = new MetricsBuilder();
  const mapping = options.metricMapping ?? null;
  const { head, source: whole, close } = await readHead(source, options.signal);
  const dialect = dialectOf(head, dialects, mapping);
  if (dialect === null) {
    await close();
    return builder.finish('metrics', 'start', head.bytes.length);
  }
  const sink = dialect.open(builder, { name: source.name, mapping });
  const byteLength = await feed(whole, sink, builder.log, options);
  return builder.finish(dialect.title, sink.clock, byteLength);
}
