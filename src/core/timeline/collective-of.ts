import type { Analysis } from '../model/tables.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { SpanIndex } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';

/** The collective that a span is of, or whose kernel it launches; null where no other rank has it. */
export function collectiveOf(
  analysis: Analysis,
  { tables }: AnalyzedRank,
  span: SpanIndex,
): SelectionDetails['collective'] {
  const { ranks, matches, isComparable } = analysis;
  const row = ranks.indexOf(tables);
  const other = tables.partner[span];
  const match =
    matches.find(({ spans }) => spans[row] === span) ??
    (other < 0 ? undefined : matches.find(({ spans }) => spans[row] === other));
  if (match === undefined) {
    return null;
  }
  const arrivals = ranks.flatMap(({ rank }, i) => {
    const own = match.spans[i];
    return own < 0
      ? []
      : [
          {
            rank,
            span: own,
            startNs: match.start[i],
            durationNs: match.end[i] - match.start[i],
          },
        ];
  });
  arrivals.sort((a, b) => a.startNs - b.startNs || a.rank - b.rank);
  return { isComparable, arrivals };
}
