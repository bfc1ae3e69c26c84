import type { Head } from '../format.ts';
import type { EventSink } from '../json/document-visitor.ts';
import type { MetricClock } from '../../model/metrics.ts';
import type { MetricMapping } from './metric-mapping.ts';
import type { MetricsBuilder } from './metrics-builder.ts';

/** Takes the bytes of a file of metrics; what it found stands in the builder once it is finished. */
export interface MetricSink extends EventSink {
  /** Asked once, at the end. */
  readonly clock: MetricClock;
}

export interface MetricSource {
  /** Path of the file: some metrics are called as their file is. */
  readonly name: string;
  readonly mapping: MetricMapping | null;
}

/** One way to write metrics. A new one is a file in `metric-dialects`, a line in its list and a fixture. */
export interface MetricDialect {
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Whether these first bytes are certainly of it. */
  isIt(head: Head, mapping: MetricMapping | null): boolean;
  open(builder: MetricsBuilder, source: MetricSource): MetricSink;
}
