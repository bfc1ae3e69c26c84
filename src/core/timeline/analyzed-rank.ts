import type { Analysis, RankTables } from '../model/tables.ts';
import type { Trace } from '../model/trace.ts';

/** A rank's columns with what was derived from them. */
export interface AnalyzedRank {
  readonly trace: Trace;
  readonly tables: RankTables;
}

/** What the timeline is drawn from: all of an analysis but its report. */
export type DrawnRun = Pick<Analysis, 'run' | 'ranks'>;

export function findRank(analysis: DrawnRun, rank: number): AnalyzedRank | undefined {
  const i = analysis.ranks.findIndex((tables) => tables.rank === rank);
  return i < 0 ? undefined : { trace: analysis.run.ranks[i].trace, tables: analysis.ranks[i] };
}

/** Computes once for each rank's tables; the answer lives as long as they do. */
export function oncePerRank<T>(compute: (rank: AnalyzedRank) => T): (rank: AnalyzedRank) => T {
  const known = new WeakMap<RankTables, { readonly value: T }>();
  return (rank) => {
    const old = known.get(rank.tables);
    if (old !== undefined) {
      return old.value;
    }
    const value = compute(rank);
    known.set(rank.tables, { value });
    return value;
  };
}
