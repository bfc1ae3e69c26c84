import type { Analysis } from '../model/tables.ts';
import type { Selection, SelectionDetails } from '../model/timeline.ts';
import { findRank } from './analyzed-rank.ts';
import { describeGap } from './describe-gap.ts';
import { describeSpan } from './describe-span.ts';

/** What is known of a span or a gap; null where the run has none such. */
export function describeSelection(
  analysis: Analysis,
  selection: Selection,
): SelectionDetails | null {
  const rank = findRank(analysis, selection.rank);
  if (rank === undefined) {
    return null;
  }
  const { kind, index } = selection;
  const count = kind === 'gap' ? rank.tables.gaps.length : rank.trace.spans.length;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    return null;
  }
  return kind === 'gap' ? describeGap(rank, index) : describeSpan(analysis, rank, index);
}
