import { basename, dirname } from 'node:path';
import { METRIC_DIALECTS } from '../core/formats/metric-dialects/dialects.ts';
import { mappingOf, type MetricMapping } from '../core/formats/metric-files/metric-mapping.ts';
import { readMetrics } from '../core/formats/metric-files/read-metrics.ts';
import { readHead } from '../core/formats/head.ts';
import { recognizeFormat } from '../core/formats/read-trace.ts';
import type { Metrics } from '../core/model/metrics.ts';
import { METRICS_FORMAT, type Run, type RunFile } from '../core/model/run.ts';
import { addMetrics, type ReadMetricsFile } from '../core/runs/add-metrics.ts';
import { rankFromPath } from '../core/runs/rank-from-path.ts';
import { FileError } from './file-error.ts';
import { findMetricFiles } from './find-metrics.ts';
import { openFile } from './open-file.ts';

/** The run with the metrics that lie beside its files. A file that the system does not give is passed over. */
export async function withMetricsBeside(
  run: Run,
  files: readonly RunFile[],
  mappings: readonly MetricMapping[],
  signal: AbortSignal,
): Promise<Run> {
  const read: ReadMetricsFile[] = [];
  for (const path of await findMetricFiles(files, mappings)) {
    try {
      const metrics = await readIfMetrics(path, mappingOf(path, mappings), signal);
      if (metrics !== null) {
        read.push({ file: path, rank: rankOf(path, run), metrics });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FileError)) {
        throw error;
      }
    }
  }
  return addMetrics(run, read);
}

async function readIfMetrics(
  path: string,
  metricMapping: MetricMapping | null,
  signal: AbortSignal,
): Promise<Metrics | null> {
  const { head, close } = await readHead(await openFile(path), signal);
  await close();
  const isMetrics = metricMapping !== null || recognizeFormat(head)?.format.id === METRICS_FORMAT;
  if (!isMetrics) {
    return null;
  }
  const metrics = await readMetrics(
    await openFile(path),
    { signal, metricMapping },
    METRIC_DIALECTS,
  );
  return metrics.length === 0 ? null : metrics;
}

/** As the name of the file tells, else whose files alone are in its folder. */
function rankOf(path: string, { ranks }: Run): number | null {
  const named = rankFromPath(basename(path))?.rank ?? null;
  const near = ranks.filter(({ file }) => dirname(file) === dirname(path));
  return named ?? (near.length === 1 && ranks.length > 1 ? (near[0]?.rank ?? null) : null);
}
