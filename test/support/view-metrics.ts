import { METRIC_DIALECTS } from '../../src/core/formats/metric-dialects/dialects.ts';
import type { MetricMapping } from '../../src/core/formats/metric-files/metric-mapping.ts';
import { readMetrics } from '../../src/core/formats/metric-files/read-metrics.ts';
import type { Metrics } from '../../src/core/model/metrics.ts';
import { bytesInChunks } from './read-bytes.ts';

export type MetricRow = readonly [
  name: string,
  rank: number | null,
  timeS: number,
  step: number,
  value: number,
];

/** Times in seconds. */
export function metricRows({ series, of, time, step, value, length }: Metrics): MetricRow[] {
  return Array.from({ length }, (_, i) => {
    const { name, rank } = series[of[i]];
    return [name, rank, time[i] / 1e6, step[i], value[i]];
  });
}

export async function readMetricBytes(
  bytes: Uint8Array | string,
  { name = 'file', mapping = null }: { name?: string; mapping?: MetricMapping | null } = {},
): Promise<Metrics> {
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const options = { signal: new AbortController().signal, metricMapping: mapping };
  return await readMetrics({ ...bytesInChunks(whole, 97), name }, options, METRIC_DIALECTS);
}
