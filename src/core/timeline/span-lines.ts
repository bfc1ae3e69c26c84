import { categoryIndex } from '../model/span-category.ts';
import type { SpanIndex } from '../model/units.ts';
import { identifyCalls } from '../report/identify-spans.ts';
import { identifyLines, type LineIdentity } from '../report/line-identity.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';

/** Between a function and what it calls, in what tells calls apart. */
const CALL = ' > ';

/** The categories whose spans stand for a line. */
const OF_LINES = new Set(
  (['python', 'annotation', 'recorded', 'cpu-op'] as const).map(categoryIndex),
);

/**
 * Whether a span stands for one of these lines: `train.py:61` or a longer end of the path, a name that has no
 * place, or what a report calls the `call` of a line. Null asks for nothing.
 */
export function spansOfLines(
  { trace, tables }: AnalyzedRank,
  lines: readonly string[],
): ((span: SpanIndex) => boolean) | null {
  if (lines.length === 0) {
    return null;
  }
  const identify = identifyLines(trace);
  const identifyCall = lines.some((line) => line.includes(CALL))
    ? identifyCalls(trace, tables.mainLane, tables.steps)
    : () => null;
  const known = new Map<LineIdentity, boolean>();
  const isOneOf = (identity: LineIdentity | null): boolean => {
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
  return (span) =>
    (OF_LINES.has(trace.spans.category[span]) && isOneOf(identify(span))) ||
    isOneOf(identifyCall(span));
}

function isNamed({ key, location }: LineIdentity, wanted: string): boolean {
  if (plain(key) === wanted) {
    return true;
  }
  const isPlace = location !== null && location.call === undefined;
  const place = !isPlace ? '' : plain(`${location.file}:${location.line}`);
  return place === wanted || place.endsWith(`/${wanted}`);
}

/** As words of a query are: in lower case, without quotes. */
export function plain(text: string): string {
  return text.toLowerCase().replaceAll('"', '').replaceAll('\\', '/').replaceAll(/\s+/g, ' ');
}
