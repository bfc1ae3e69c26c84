import type { MetricDialect } from '../metric-files/metric-dialect.ts';
import { goldenValues } from './golden-values.ts';
import { jsonLines } from './json-lines.ts';
import { mlflow } from './mlflow.ts';
import { prometheus } from './prometheus.ts';
import { statsd } from './statsd.ts';
import { table } from './table.ts';
import { tensorboard } from './tensorboard.ts';

/** The first that knows a file reads it. */
export const METRIC_DIALECTS: readonly MetricDialect[] = [
  tensorboard,
  prometheus,
  mlflow,
  statsd,
  goldenValues,
  jsonLines,
  table,
];
