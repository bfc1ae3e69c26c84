import { METRICS_FORMAT } from '../model/run.ts';
import { METRIC_DIALECTS } from './metric-dialects/dialects.ts';
import { buildMetricsTrace } from './metric-files/build-metrics-trace.ts';
import { dialectOf, readMetrics } from './metric-files/read-metrics.ts';
import type { Format } from './format.ts';

/** Too little for a file that nobody asked for by name: any workspace is full of tables. */
const SURENESS = 0.35;

/** Values over time, of the writers in `metric-dialects`. */
export const metrics: Format = {
  id: METRICS_FORMAT,
  title: 'Metrics',

  recognize(head) {
    return dialectOf(head, METRIC_DIALECTS, null) === null ? 0 : SURENESS;
  },

  identify() {
    return { rank: null, worldSize: null, runName: null };
  },

  async read(source, options) {
    return buildMetricsTrace(await readMetrics(source, options, METRIC_DIALECTS));
  },
};
