import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import { identifyLines, type LineIdentity } from '../report/line-identity.ts';

/** The categories whose spans stand for a line. */
const OF_LINES = new Set(
  (['python', 'annotation', 'recorded', 'cpu-op'] as const).map(categoryIndex),
);

/**
 * Whether a span stands for one of these lines: `train.py:61` or a longer end of the path, a name that has no
 * place, or what a report calls the `key` of a line. Null asks for nothing.
 */
export function spansOfLines(
  trace: Trace,
  lines: readonly string[],
): ((span: SpanIndex) => boolean) | null {
  if (lines.length === 0) {
    return null;
  }
  const identify = identifyLines(trace);
  const known = new Map<LineIdentity, boolean>();
  return (span) => {
    const identity = OF_LINES.has(trace.spans.category[span]) ? identify(span) : null;
    if (identity === null) {
      return false;
    }
    let isWanted = known.get(identity);
    if (isWanted === undefined) {
      isWanted = lines.some((line) => isNamed(identity, line));
      known.set(identity, isWanted);
    }
    return isWanted;
  };
}

function isNamed({ key, location }: LineIdentity, wanted: string): boolean {
  if (plain(key) === wanted) {
    return true;
  }
  const place = location === null ? '' : plain(`${location.file}:${location.line}`);
  return place === wanted || place.endsWith(`/${wanted}`);
}

/** As words of a query are: in lower case, without quotes. */
export function plain(text: string): string {
  return text.toLowerCase().replaceAll('"', '').replaceAll('\\', '/').replaceAll(/\s+/g, ' ');
}
