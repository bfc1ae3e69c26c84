import { computeSources, type SourceOf } from '../derived/sources.ts';
import type { RankTrace } from '../model/run.ts';
import type { Analysis, RankTables } from '../model/tables.ts';

/** The tables of a rank as data alone: functions cannot be packed. */
export type PlainRank = Omit<RankTables, 'sourceOf'>;

/** An analysis as data alone, without its report. */
export type PlainTables = Omit<Analysis, 'report' | 'ranks'> & {
  readonly ranks: readonly PlainRank[];
};

/** Computes what is not computed yet. */
export function plainRank(tables: RankTables): PlainRank {
  return { ...tables, sourceOf: undefined } as PlainRank;
}

/** The places of spans, which are looked up anew. */
export function sourcesOf({ trace }: Pick<RankTrace, 'trace'>, tables: PlainRank): SourceOf {
  const { nesting, partner, mainLane } = tables;
  return computeSources(trace, nesting, partner, mainLane);
}
