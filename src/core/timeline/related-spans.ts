import { toRunTime } from '../model/rank-clock.ts';
import type { SelectionDetails } from '../model/timeline.ts';
import type { SpanIndex } from '../model/units.ts';
import type { AnalyzedRank } from './analyzed-rank.ts';

export type RelatedSpan = SelectionDetails['related'][number];

const MAX_NAME_CHARACTERS = 2_000;

export function nameOf({ trace }: AnalyzedRank, span: SpanIndex): string {
  return trace.strings[trace.spans.name[span]].slice(0, MAX_NAME_CHARACTERS);
}

/** A list of none where the span is -1. */
export function relatedSpan(rank: AnalyzedRank, relation: string, span: SpanIndex): RelatedSpan[] {
  const { spans } = rank.trace;
  return span < 0
    ? []
    : [
        {
          relation,
          name: nameOf(rank, span),
          lane: spans.lane[span],
          depth: rank.tables.nesting.depth[span],
          selection: { kind: 'span', rank: rank.tables.rank, index: span },
          startNs: toRunTime(rank.tables.clock, spans.start[span]),
          durationNs: spans.duration[span],
        },
      ];
}
