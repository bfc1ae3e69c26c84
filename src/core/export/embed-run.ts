import type { Report } from '../model/report.ts';
import type { RankTrace } from '../model/run.ts';
import type { Analysis } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';
import type { StepColumns, TimelineOverview } from '../model/timeline.ts';
import { listSteps } from '../timeline/list-steps.ts';
import { computeOverview } from '../timeline/overview.ts';
import { plainRank, type PlainTables, sourcesOf } from './plain-analysis.ts';
import { drawLayers, type Layer } from './window-layers.ts';

/**
 * At some 9 bytes a span, a page of less than 20 MB. Larger ones are slow to open: pictures of the run's parts
 * go into them instead.
 */
export const MAX_WHOLE_SPANS = 2_000_000;

/** What a page needs to show a run by itself: plain data, to be packed. */
export interface EmbeddedRun {
  readonly report: Report;
  readonly overview: TimelineOverview;
  readonly steps: StepColumns;
  /** All spans with their tables; null where there are too many. */
  readonly whole: PlainTables | null;
  /** What can be drawn instead; none where all spans are there. */
  readonly layers: readonly Layer[];
}

export function embedRun(analysis: Analysis, maxSpans = MAX_WHOLE_SPANS): EmbeddedRun {
  const { report, ...tables } = analysis;
  const spans = analysis.run.ranks.reduce((sum, { trace }) => sum + trace.spans.length, 0);
  const overview = computeOverview(analysis);
  const isWhole = spans <= maxSpans;
  return {
    report,
    overview,
    steps: listSteps(analysis),
    whole: isWhole
      ? {
          ...tables,
          run: { name: analysis.run.name, ranks: analysis.run.ranks.map(withoutFile) },
          ranks: analysis.ranks.map(plainRank),
        }
      : null,
    layers: isWhole ? [] : drawLayers(analysis, overview),
  };
}

/** The analysis, as far as the timeline asks it; null where the run has only layers. */
export function openAnalysis({ whole, report }: EmbeddedRun): Analysis | null {
  return whole === null
    ? null
    : {
        ...whole,
        report,
        ranks: whole.ranks.map((tables, row) => ({
          ...tables,
          sourceOf: sourcesOf(whole.run.ranks[row], tables),
        })),
      };
}

/** The page cannot read the files: where events are in them is of no use to it. */
function withoutFile({ rank, file, trace }: RankTrace): RankTrace {
  const columns: { -readonly [K in keyof Trace]: Trace[K] } = { ...trace };
  delete columns.spillable;
  columns.spans = { ...trace.spans, byteOffset: new Float64Array() };
  columns.problems = [];
  return { rank, file, trace: columns };
}
