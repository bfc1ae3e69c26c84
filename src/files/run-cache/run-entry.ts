import { assert } from '../../base/assert.ts';
import { Spillable, SpillCache } from '../../base/spill-cache.ts';
import { type PlainRank, plainRank, sourcesOf } from '../../core/export/plain-analysis.ts';
import type { Report } from '../../core/model/report.ts';
import type { RankTrace } from '../../core/model/run.ts';
import type { Analysis, RankTables } from '../../core/model/tables.ts';
import type { TimelineOverview } from '../../core/model/timeline.ts';
import type { Trace } from '../../core/model/trace.ts';
import { COLUMNS } from '../../core/runs/spill-trace.ts';
import { MAX_RANKS_IN_MEMORY, RANKS_KEPT } from '../read-run.ts';
import { SectionFile, writeSections } from './section-file.ts';

/** A run analysed, with what is told of it first. */
export interface AnalyzedRun {
  readonly analysis: Analysis;
  readonly overview: TimelineOverview;
  /** Packed; see `step-columns.ts`. */
  readonly steps: ArrayBuffer;
}

/** The first section; each rank has one of its own. */
interface EntryHead {
  readonly tables: Omit<Analysis, 'ranks'>;
  readonly overview: TimelineOverview;
  readonly steps: Uint8Array<ArrayBuffer>;
}

interface EntryRank {
  readonly rank: RankTrace;
  readonly tables: PlainRank;
}

/** Throws a `WriteError`, and {@link TooLarge} where the file would have more bytes than this. */
export async function writeEntry(
  path: string,
  run: AnalyzedRun,
  limits: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  await writeSections(path, sectionsOf(run), limits);
}

function* sectionsOf({ analysis, overview, steps }: AnalyzedRun): Generator<EntryHead | EntryRank> {
  const { ranks, ...tables } = analysis;
  const run = { ...analysis.run, ranks: [] };
  yield { tables: { ...tables, run }, overview, steps: new Uint8Array(steps) };
  for (const [row, tablesOfRank] of ranks.entries()) {
    const rank = analysis.run.ranks[row];
    assert(rank !== undefined, `the tables of rank ${tablesOfRank.rank} have no trace`);
    yield { rank: { ...rank, trace: plainTrace(rank.trace) }, tables: plainRank(tablesOfRank) };
  }
}

function plainTrace(trace: Trace): Trace {
  const plain: { -readonly [K in keyof Trace]: Trace[K] } = { ...trace };
  delete plain.spillable;
  return plain;
}

/**
 * Reads every byte and compares it with what was written. Of many ranks few stay in memory, and the file stays
 * open. Throws what the system throws, and `DamagedFile`.
 */
export function openEntry(path: string, maxRanksInMemory = MAX_RANKS_IN_MEMORY): AnalyzedRun {
  const file = new SectionFile(path);
  const rankCount = file.length - 1;
  let isLazy = rankCount > maxRanksInMemory;
  try {
    const { tables, overview, steps } = file.read(0) as EntryHead;
    const cache = new SpillCache(() => null, Math.min(RANKS_KEPT, maxRanksInMemory));
    const ranks = Array.from({ length: rankCount }, (_, row): EntryRank => {
      const read = (): EntryRank => file.read(row + 1) as EntryRank;
      return isLazy ? readOnUse(read, new Spillable(cache)) : read();
    });
    return {
      analysis: {
        ...tables,
        run: { ...tables.run, ranks: ranks.map(({ rank }) => rank) },
        ranks: ranks.map(withSources),
      },
      overview,
      steps: steps.slice().buffer,
    };
  } catch (error) {
    isLazy = false;
    throw error;
  } finally {
    if (!isLazy) {
      file.close();
    }
  }
}

/** The report alone, without reading what the ranks hold. */
export function readReport(path: string): Report {
  const file = new SectionFile(path);
  try {
    return (file.read(0) as EntryHead).tables.report;
  } finally {
    file.close();
  }
}

/** What does not grow with the events of a rank is there; the rest is read when it is asked for. */
function readOnUse(read: () => EntryRank, spillable: Spillable): EntryRank {
  const { rank, tables } = read();
  const readAgain = (): EntryRank => spillable.get('rank', read, false);
  const heavy = objectsOf(tables).filter((name) => name !== 'clock');
  return {
    rank: { ...rank, trace: withGetters(rank.trace, COLUMNS, () => readAgain().rank.trace) },
    tables: withGetters(tables, heavy, () => readAgain().tables),
  };
}

function objectsOf<T extends object>(value: T): readonly (keyof T)[] {
  return (Object.keys(value) as (keyof T)[]).filter((name) => typeof value[name] === 'object');
}

function withGetters<T extends object>(value: T, names: readonly (keyof T)[], read: () => T): T {
  const light = { ...value };
  for (const name of names) {
    Object.defineProperty(light, name, { enumerable: true, get: () => read()[name] });
  }
  return light;
}

/** The tables keep their getters. */
function withSources({ rank, tables }: EntryRank): RankTables {
  const sourceOf: RankTables['sourceOf'] = (span) => sourcesOf(rank, tables)(span);
  return Object.assign(tables, { sourceOf });
}
