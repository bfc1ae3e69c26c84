import type { RankDerived } from '../derived/rank-derived.ts';
import type { DerivedRank, RunDerived } from '../derived/run-derived.ts';
import type { FindingDraft } from './finding-draft.ts';

/** A threshold that people may change. */
export interface Setting {
  readonly default: number;
  /** One sentence with the unit and, in brackets, where the number comes from. */
  readonly description: string;
  readonly minimum: number;
  readonly maximum: number;
}

export type Settings = Readonly<Record<string, Setting>>;

export type SettingValues<S extends Settings = Settings> = { readonly [Name in keyof S]: number };

export type TableName = keyof RankDerived | keyof Omit<RunDerived, 'ranks'>;

/** The ranks with the tables that a detector asked for, and such tables of the run. */
export type NeededTables<Name extends TableName> = Pick<
  RunDerived,
  Extract<Name, keyof RunDerived>
> & {
  readonly ranks: readonly NeededRank<Name>[];
};

export type NeededRank<Name extends TableName> = Omit<DerivedRank, 'tables'> & {
  readonly tables: Pick<RankDerived, Extract<Name, keyof RankDerived>>;
};

/** A rule that finds one kind of trouble. A pure function of its tables: no state, no other detector. */
export interface Detector {
  /** The name of its file, its settings, its page and its test. */
  readonly id: string;
  readonly title: string;
  readonly needs: readonly TableName[];
  readonly options: Settings;
  detect(tables: RunDerived, options: SettingValues): Iterable<FindingDraft>;
}

/** `needs` narrows what `detect` may touch; `options` types its second parameter. */
export function defineDetector<const Name extends TableName, S extends Settings>(detector: {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Name[];
  readonly options: S;
  detect(tables: NeededTables<Name>, options: SettingValues<S>): Iterable<FindingDraft>;
}): Detector {
  return {
    ...detector,
    detect: (tables, options) => detector.detect(tables, options as SettingValues<S>),
  };
}
