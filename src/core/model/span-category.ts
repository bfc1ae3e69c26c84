/** What recorded a span. The index in this list is the value in `category` columns. */
export const SPAN_CATEGORIES = [
  'other',
  'cpu-op',
  'annotation',
  'python',
  'runtime',
  'kernel',
  'memcpy',
  'memset',
  'device-annotation',
  'device-sync',
  'overhead',
  'recorded',
  'step',
] as const;

export type SpanCategory = (typeof SPAN_CATEGORIES)[number];

export function categoryIndex(category: SpanCategory): number {
  return SPAN_CATEGORIES.indexOf(category);
}
