import type { SpanIndex } from '../../model/units.ts';
import type { Intervals } from '../intervals.ts';

/** By row of the run's ranks, in rank time. */
export type IntervalsByRank = readonly Intervals[];
/** By row of the run's ranks. */
export type SpansByRank = readonly (readonly SpanIndex[])[];

/** A collective that could begin as soon as some work of the device is done. */
export interface EarlierStart {
  readonly collective: SpanIndex;
  readonly after: SpanIndex;
}

/** What a fix changes in a step. */
export type Change =
  /** The host does not do this: neither its own time, nor its waiting, nor the work that it launches meanwhile. */
  | { readonly kind: 'skip-host'; readonly intervals: IntervalsByRank }
  /** The host does all that it does here, but in no time: it waits and launches as it did. */
  | { readonly kind: 'hurry-host'; readonly intervals: IntervalsByRank }
  /** This time is not spent, by host or device. */
  | { readonly kind: 'cut'; readonly intervals: IntervalsByRank }
  /** Work of the device takes this share of its time. */
  | { readonly kind: 'scale'; readonly spans: SpansByRank; readonly factor: number }
  /** The host does not wait in these calls, nor for this work. */
  | { readonly kind: 'do-not-wait'; readonly spans: SpansByRank }
  | { readonly kind: 'start-earlier'; readonly starts: readonly (readonly EarlierStart[])[] };

/** What a fix changes, as far as a replay of the steps can tell. */
export interface Repair {
  /** As in "If the loader kept up". */
  readonly condition: string;
  readonly changes: readonly Change[];
  /** Whether there is nothing to repair at all where the replay gives hardly anything back. */
  readonly isDecisive?: boolean;
}
