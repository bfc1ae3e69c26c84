import type { SpanRow } from '../trace/span-columns.ts';
import type { TraceBuilder } from '../trace/trace-builder.ts';

/** Adds spans of which only the part counts that lies within the time of all other spans. */
export function addBounded(rows: readonly SpanRow[], { spans, log }: TraceBuilder): void {
  if (rows.length === 0) {
    return;
  }
  const { first, last } = spans.bounds();
  let clipped = 0;
  for (const row of rows) {
    const start = Math.max(row.start, first);
    const end = Math.min(row.start + row.duration, last);
    if (start !== row.start || end !== row.start + row.duration) {
      clipped++;
    }
    if (end >= start) {
      spans.push({ ...row, start, duration: end - start });
    }
  }
  log.clip(clipped);
}
